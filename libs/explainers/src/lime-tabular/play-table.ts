import { drawRow, type PerturbedTable } from '#attribution';
import type { Table } from '../contract/model.js';
import type { Game } from '../game/game.js';
import { makeDrawnRow, type TableNeighbourhood } from './draw-table-neighbourhood.js';
import type { OpenTable } from './open-table.js';

/** Rows given to the model in one call. */
const rowsAtATime = 1024;

/**
 * A neighbourhood of a row as a game. Its coalitions are the neighbourhood's rows from row 1 on; what the columns of one
 * hold is drawn anew when it is asked for, so that a million perturbations are never held at once.
 */
export function playTable(
  { model, row, table, features, baseline, warnings }: OpenTable,
  { sampleOf }: TableNeighbourhood,
  seed: number,
): Game {
  const whole = model.description.features.map((feature) => feature.integer === true);
  return {
    model,
    features,
    players: features.map((_, index) => index),
    rowsPerCoalition: 1,
    coalitionsAtATime: rowsAtATime,
    unexplained: [],
    baseline,
    warnings,
    predictInput: () => model.predict({ rows: 1, columns: row.length, cells: row }),
    predict: (_, from, to) => model.predict(drawTable(table, whole, seed, sampleOf.subarray(from + 1, to + 1))),
    lateWarnings: () => [],
  };
}

/** @param whole columns of which the model reads whole numbers: what falls between two of them goes to the nearest one inside the bin */
function drawTable(table: PerturbedTable, whole: readonly boolean[], seed: number, samples: Uint32Array): Table {
  const columns = table.laws.length;
  const drawn = makeDrawnRow(columns);
  const cells = new Float64Array(samples.length * columns);
  samples.forEach((sample, row) => {
    drawRow(table, seed, sample, drawn);
    table.laws.forEach((law, column) => {
      const bin = drawn.outcomes[column] ?? 0;
      const inside = law.within[bin];
      if (whole[column] !== true || !inside) return;
      // The edge before a bin belongs to the bin before it; the first bin begins with its least value.
      const lowest = bin === 0 ? Math.ceil(inside.min) : Math.floor(inside.min) + 1;
      drawn.values[column] = roundBetween(drawn.values[column] ?? NaN, lowest, Math.floor(inside.max));
    });
    cells.set(drawn.values, row * columns);
  });
  return { rows: samples.length, columns, cells };
}

function roundBetween(value: number, lowest: number, highest: number): number {
  return lowest > highest ? Math.round(value) : Math.min(Math.max(Math.round(value), lowest), highest);
}
