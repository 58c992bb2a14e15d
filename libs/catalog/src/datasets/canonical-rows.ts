import type { DatasetBlock, DatasetCell, DatasetLabel, DatasetRow, DatasetShape } from './dataset.js';

/**
 * First line under a data set's hash: what the cells of the rows below it mean. RFC 8785 JSON.
 *
 * @returns text that ends in a line feed
 */
export function canonicalHeader({ kind, columns, labelColumn }: DatasetShape): string {
  // Members stand in the order of RFC 8785: columns, kind, label; kind, name.
  return `${JSON.stringify({ columns: columns.map(({ kind: of, name }) => ({ kind: of, name })), kind, label: labelColumn })}\n`;
}

/**
 * One row under a data set's hash: a JSON array of its cells in column order and, where the data set has labels, its label.
 * For strings without lone surrogates and finite numbers this is RFC 8785 JSON.
 *
 * @param label left out of the row where `undefined`
 * @returns text that ends in a line feed
 */
export function canonicalRow(cells: readonly DatasetCell[], label?: string | number): string {
  // JSON.stringify writes -0 as 0, which is what is wanted: two spellings of one number are one row.
  return `${JSON.stringify(label === undefined ? cells : [...cells, label])}\n`;
}

/** Reads what `canonicalRow` wrote. @throws RangeError when the rows do not have the shape */
export function readCanonicalRows(bytes: Uint8Array, shape: DatasetShape): readonly DatasetRow[] {
  const lines = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8').split('\n');
  if (lines.pop() !== '') throw new RangeError('a block of rows does not end in a line feed');
  const width = shape.columns.length + (shape.labelColumn === null ? 0 : 1);
  return lines.map((line) => {
    // Written by this platform, and authenticated by its seal.
    const cells = JSON.parse(line) as DatasetCell[];
    if (cells.length !== width) throw new RangeError('a stored row does not have the columns of its data set');
    return toRow(cells, shape);
  });
}

function toRow(cells: readonly DatasetCell[], { kind, columns, labelColumn }: DatasetShape): DatasetRow {
  const label: DatasetLabel = labelColumn === null ? null : (cells[columns.length] ?? null);
  if (kind === 'text') return { text: String(cells[0]), label };
  // fromEntries defines own properties, also for a column named __proto__.
  return { features: Object.fromEntries(columns.map((column, index) => [column.name, cells[index] ?? NaN])), label };
}

/** Packs canonical rows into blocks of at most `maxRows` rows; a block is closed early once it has `maxBytes` bytes. */
export class BlockPacker {
  private lines: string[] = [];
  private length = 0;

  constructor(
    private readonly maxRows: number,
    private readonly maxBytes: number,
  ) {}

  /** @returns the block that this row filled, else null */
  add(row: string): DatasetBlock | null {
    this.lines.push(row);
    this.length += Buffer.byteLength(row);
    return this.lines.length >= this.maxRows || this.length >= this.maxBytes ? this.take() : null;
  }

  /** The rows that fill no block; null where there are none. */
  take(): DatasetBlock | null {
    if (this.lines.length === 0) return null;
    const block = { rows: this.lines.length, bytes: new Uint8Array(Buffer.from(this.lines.join(''), 'utf8')) };
    this.lines = [];
    this.length = 0;
    return block;
  }
}
