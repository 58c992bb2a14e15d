import type { Feature } from '../contract/explanation.js';
import type { ModelDescription } from '../contract/model-description.js';
import { showCell } from './read-row.js';

/** The columns of a row as they are shown to people. */
export function describeColumns(row: Float64Array, { features }: ModelDescription): readonly Feature[] {
  return features.map((column, index) => ({ name: column.name, value: showCell(column, row[index] ?? NaN) }));
}
