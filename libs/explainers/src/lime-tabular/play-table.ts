import { drawRow, type PerturbedTable } from '#attribution';
import type { Table } from '../contract/model.js';
import type { Game } from '../game/game.js';
import { makeDrawnRow, type TableNeighbourhood } from './draw-table-neighbourhood.js';
import type { OpenTable } from './open-table.js';

/** Rows given to the model in one call. */
const rowsAtATime = 1024;

/**
 * A neighbourhood of a row as a game. Its coalitions are the neighbourhood's rows from row 1 on; what the columns of one hold is drawn anew when
 * it is asked for, so that a million perturbations are never held at once.
 */
export function playTable(
  { model, row, table, features, baseline, warnings }: OpenTable,
  { sampleOf }: TableNeighbourhood,
  seed: number,
): Game {
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
    predict: (_, from, to) => model.predict(drawTable(table, seed, sampleOf.subarray(from + 1, to + 1))),
    lateWarnings: () => [],
  };
}

function drawTable(table: PerturbedTable, seed: number, samples: Uint32Array): Table {
  const columns = table.laws.length;
  const drawn = makeDrawnRow(columns);
  const cells = new Float64Array(samples.length * columns);
  samples.forEach((sample, row) => {
    drawRow(table, seed, sample, drawn);
    cells.set(drawn.values, row * columns);
  });
  return { rows: samples.length, columns, cells };
}
