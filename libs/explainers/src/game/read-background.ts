import type { ModelDescription } from '../contract/model-description.js';
import type { Table } from '../contract/model.js';
import type { GameParams } from './game-params.js';
import { readRow } from './read-row.js';
import { tabulateRows } from './tabulate-rows.js';

type Reference = Pick<GameParams, 'background' | 'baseline'>;

/**
 * The rows that stand for absence, where a request says which.
 *
 * @param loaded rows of the data set that the background names, or rows that were read before for another input
 * @returns null when they are the model's own
 * @throws ExplainProblem as `readRow`, with the pointer of the value; RangeError when a data set is named and nobody loaded it
 */
export function readBackground(params: Reference, description: ModelDescription, loaded: Table | undefined): Table | null {
  if (loaded !== undefined) return loaded;
  if (namesDataset(params)) throw new RangeError('the rows of the background were not loaded');
  return checkBackground(params, description);
}

/** What of `readBackground` needs no data set: the rows that the request itself holds; null where it holds none. */
export function checkBackground({ background, baseline }: Reference, { features }: ModelDescription): Table | null {
  if (background !== undefined && 'dataset' in background) return null;
  if (background !== undefined) return tabulateRows(background.rows, features, '/params/background/rows');
  if (baseline === undefined) return null;
  return { rows: 1, columns: features.length, cells: readRow(baseline.features, features, '/params/baseline/features') };
}

/** Whether the background is rows of a data set. */
export function namesDataset({ background }: Reference): boolean {
  return background !== undefined && 'dataset' in background;
}

/** What the result says of the background that was used. */
export function describeBackground({ background }: Reference, { rows }: Table): Readonly<Record<string, unknown>> {
  if (background === undefined) return { source: 'model', rows };
  return 'dataset' in background ? { source: 'dataset', ...background } : { source: 'request', rows };
}
