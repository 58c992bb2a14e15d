import type { DatasetBlock, DatasetCell, DatasetLabel, DatasetRow, DatasetShape } from './dataset.js';

const LINE_FEED = 0x0a;

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

/**
 * Reads rows of what `canonicalRow` wrote; the others are not even parsed.
 *
 * @param bytes whole rows
 * @param from first row wanted, counted from 0
 * @param to row before which to stop; the last row of the block where it has fewer
 * @throws RangeError when the rows do not have the shape
 */
export function readCanonicalRows(bytes: Uint8Array, shape: DatasetShape, from = 0, to = Infinity): readonly DatasetRow[] {
  const block = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (block.length > 0 && block.at(-1) !== LINE_FEED) throw new RangeError('a block of rows does not end in a line feed');
  const width = shape.columns.length + (shape.labelColumn === null ? 0 : 1);
  const rows: DatasetRow[] = [];
  for (let row = 0, start = 0; row < to && start < block.length; row++) {
    // JSON writes a line feed within a string as \n, and no other character of UTF-8 has this byte.
    const end = block.indexOf(LINE_FEED, start);
    if (row >= from) {
      // Written by this platform, and authenticated by its seal.
      const cells = JSON.parse(block.toString('utf8', start, end)) as DatasetCell[];
      if (cells.length !== width) throw new RangeError('a stored row does not have the columns of its data set');
      rows.push(toRow(cells, shape));
    }
    start = end + 1;
  }
  return rows;
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
