import type { FeatureColumn, Table } from '#explainers';
import type { TabularCore } from '../tabular/tabular-core.js';
import type { ProbeBench } from './probe-bench.js';

const mostRows = 128;
const madeRows = 64;

/** Probe rows of a tabular model: its own background rows, or rows made of what its manifest says of the columns. */
export async function makeTabularBench(core: TabularCore): Promise<ProbeBench> {
  const background = await core.background();
  const table = background.rows > 0 ? background : makeRows(core.features);
  return {
    rows: Math.min(table.rows, mostRows),
    outputs: core.outputs,
    largest: core.rowsPerRun,
    most: core.rowsPerRun,
    run: (places) => core.runBatch(table, Int32Array.from(places)),
  };
}

/** Rows that walk through each column's values at a pace of its own, so that no two are alike. */
function makeRows(features: readonly FeatureColumn[]): Table {
  const cells = new Float64Array(madeRows * features.length);
  features.forEach((feature, column) => {
    const values = listValues(feature);
    for (let row = 0; row < madeRows; row++)
      cells[row * features.length + column] = values[(row * (column + 1) + column) % values.length] ?? 0;
  });
  return { rows: madeRows, columns: features.length, cells };
}

function listValues({ categories, min, max, mean, quartiles, integer }: FeatureColumn): readonly number[] {
  if (categories !== undefined) return categories.map((_, code) => code);
  const known = [min, max, mean, ...(quartiles ?? [])].filter((value) => value !== undefined);
  const values = known.length > 0 ? known : [0, 1];
  return integer === true ? values.map(Math.round) : values;
}
