import type { RawCell, RowSource } from '../formats/row-source.js';
import { isDecimal } from './cell-reader.js';

export type InferredKind = 'numeric' | 'text';

/**
 * Kinds of columns that nothing else types. In a file of text, a column is numeric when every cell of it is a number: the
 * whole file is read. In a file with types, the first row says.
 */
export async function inferKinds(source: RowSource, names: readonly string[]): Promise<ReadonlyMap<string, InferredKind>> {
  const open = new Map(names.map((name) => [name, source.columns.indexOf(name)]));
  const isNumber = (cell: RawCell) =>
    typeof cell === 'string' && source.isText ? isDecimal(cell) : typeof cell === 'number' || typeof cell === 'bigint';
  let hasRows = false;
  for await (const { cells } of source.rows()) {
    hasRows = true;
    for (const [name, place] of open) if (!isNumber(cells[place])) open.delete(name);
    if (!source.isText || open.size === 0) break;
  }
  return new Map(names.map((name) => [name, hasRows && open.has(name) ? 'numeric' : 'text']));
}
