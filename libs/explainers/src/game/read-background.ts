import type { ModelDescription } from '../contract/model-description.js';
import type { Table } from '../contract/model.js';
import type { GameParams } from './game-params.js';
import { readRow } from './read-row.js';

/**
 * The rows that stand for absence as far as the request holds them.
 *
 * @returns null when they are the model's own
 * @throws ExplainProblem as `readRow`, with the pointer of the value
 */
export function readBackground({ background, baseline }: GameParams, { features }: ModelDescription): Table | null {
  const rows = background?.rows.map((row, index) => readRow(row, features, `/params/background/rows/${index}`));
  const given = rows ?? (baseline === undefined ? null : [readRow(baseline.features, features, '/params/baseline/features')]);
  if (given === null) return null;
  const cells = new Float64Array(given.length * features.length);
  given.forEach((row, index) => cells.set(row, index * features.length));
  return { rows: given.length, columns: features.length, cells };
}
