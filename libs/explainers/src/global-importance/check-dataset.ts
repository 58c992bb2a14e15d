import { ExplainProblem } from '../contract/explain-problem.js';
import type { ExplainInput } from '../contract/explainer.js';
import type { DatasetDescription } from '../contract/global-explainer.js';
import type { FeatureColumn, ModelDescription } from '../contract/model-description.js';
import { readsText } from '../game/choose-game.js';
import { quote } from '../game/name-choices.js';

const pointer = '/input/dataset';

/** @throws ExplainProblem DATASET_MISMATCH when its rows are not what the model reads */
export function checkDataset(description: ModelDescription, { kind, columns }: DatasetDescription): void {
  const wanted = readsText(description) ? 'text' : 'tabular';
  if (kind !== wanted) {
    const remedy = `Use a ${wanted} data set, or another model.`;
    throw new ExplainProblem('DATASET_MISMATCH', `the model reads ${wanted} input, and the data set is ${kind}`, pointer, remedy);
  }
  if (wanted === 'text') return;
  const known = new Set(columns);
  const missing = description.features.filter(({ name }) => !known.has(name)).map(({ name }) => quote(name));
  if (missing.length === 0) return;
  throw new ExplainProblem(
    'DATASET_MISMATCH',
    `the data set lacks columns of the model: ${missing.join(', ')}`,
    pointer,
    'Upload a data set with every column of the model.',
  );
}

/** Columns of the data set that the model does not read. */
export function idleColumns({ features }: ModelDescription, columns: readonly string[]): readonly string[] {
  const read = new Set(features.map(({ name }) => name));
  return columns.filter((column) => !read.has(column));
}

/** An input that any model of this kind accepts, to try a request on before there is a row. */
export function standInRow(description: ModelDescription): ExplainInput {
  if (readsText(description)) return { text: 'one' };
  return { features: Object.fromEntries(description.features.map((column) => [column.name, standInCell(column)])) };
}

function standInCell({ kind, mean, integer }: FeatureColumn): number {
  if (kind === 'categorical') return 0;
  return integer === true ? Math.round(mean ?? 0) : (mean ?? 0);
}

/** A row of the data set as the model reads it: its own columns, no others. */
export function projectRow(row: ExplainInput, { features }: ModelDescription): ExplainInput {
  if (!('features' in row)) return row;
  // A row without one of them is told of by the method that reads it.
  return { features: Object.fromEntries(features.flatMap(({ name }) => cellOf(row.features, name))) };
}

function cellOf(cells: Readonly<Record<string, string | number>>, name: string): [string, string | number][] {
  const cell = Object.hasOwn(cells, name) ? cells[name] : undefined;
  return cell === undefined ? [] : [[name, cell]];
}
