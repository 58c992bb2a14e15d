import type { FeatureColumn } from '../contract/model-description.js';
import type { Table } from '../contract/model.js';
import { nameChoices, quote } from './name-choices.js';
import { readRow } from './read-row.js';

/**
 * Rows as the table of a model.
 *
 * @param pointer RFC 6901 pointer of the list of rows
 * @throws ExplainProblem as `readRow`, with the pointer of the value
 */
export function tabulateRows(
  rows: readonly Readonly<Record<string, string | number>>[],
  columns: readonly FeatureColumn[],
  pointer: string,
): Table {
  const cells = new Float64Array(rows.length * columns.length);
  rows.forEach((row, index) => cells.set(readRow(row, columns, `${pointer}/${index}`), index * columns.length));
  return { rows: rows.length, columns: columns.length, cells };
}

/** A column of rows that are kept elsewhere. */
interface KeptColumn {
  readonly name: string;
  readonly kind: string;
  readonly categories?: readonly string[] | undefined;
}

/**
 * Whether rows with these columns can be read as rows of a model, as far as that shows without opening one.
 *
 * @returns null when they can, else why not, in words that go on from "it does not fit: "
 */
export function checkRowsFit(kept: readonly KeptColumn[], columns: readonly FeatureColumn[]): string | null {
  const names = columns.map(({ name }) => name);
  const stranger = kept.find(({ name }) => !names.includes(name));
  if (stranger !== undefined) return `the model has no column ${quote(stranger.name)}; it has ${nameChoices(stranger.name, names)}`;
  for (const column of columns) {
    const own = kept.find(({ name }) => name === column.name);
    if (own === undefined) return `it has no column ${quote(column.name)}`;
    if (own.kind !== column.kind) return `its column ${quote(column.name)} is ${own.kind}, and the model's is ${column.kind}`;
    const unknown = own.categories?.find((category) => column.categories?.includes(category) !== true);
    if (unknown !== undefined) return `the model's column ${quote(column.name)} has no category ${quote(unknown)}`;
  }
  return null;
}
