import { BLOCK_ROWS, BlockPacker, canonicalRow, type DatasetBlock, type DatasetCell, type DatasetShape } from '#catalog';
import { DatasetProblem, type RowFault } from './dataset-problem.js';
import type { RawRow, RowSource } from './formats/row-source.js';
import { MOST_FAULTS, type DatasetLimits } from './limits.js';
import { CellFault } from './typing/cell-reader.js';
import { planColumns, type ColumnPlan, type RowPlan } from './typing/plan-columns.js';
import type { RowTyping } from './typing/row-typing.js';

/** Bytes of canonical rows after which a block is closed. */
const BLOCK_BYTES = 2 ** 20;

/** Typed rows on their way into the store. */
export interface TypedRows {
  readonly shape: DatasetShape;
  /** @throws DatasetProblem, when all rows have been looked at or enough faults were found */
  readonly blocks: AsyncIterable<DatasetBlock>;
}

/** Types the rows of a source. @throws DatasetProblem */
export async function readRows(source: RowSource, typing: RowTyping, limits: DatasetLimits): Promise<TypedRows> {
  const plan = await planColumns(source, typing, limits);
  return { shape: plan.shape, blocks: typeRows(source, plan, limits) };
}

async function* typeRows(source: RowSource, plan: RowPlan, limits: DatasetLimits): AsyncGenerator<DatasetBlock> {
  const packer = new BlockPacker(BLOCK_ROWS, BLOCK_BYTES);
  const faults: RowFault[] = [];
  let rows = 0;
  let bytes = 0;
  for await (const row of source.rows()) {
    rows += 1;
    if (rows > limits.rows) throw tooLarge(`the file has more than ${limits.rows} rows`);
    const line = typeRow(row, plan, faults);
    if (faults.length >= MOST_FAULTS) break;
    if (line === null || faults.length > 0) continue; // nothing of it will be kept: the rest is read for its faults
    const size = Buffer.byteLength(line);
    if (size > limits.rowBytes) throw tooLarge(`row ${row.number} has more than ${limits.rowBytes} bytes`);
    bytes += size;
    if (bytes > limits.expandedBytes) throw tooLarge(`the rows have more than ${limits.expandedBytes} bytes in all`);
    const block = packer.add(line);
    if (block !== null) yield block;
  }
  if (faults.length > 0) throw invalid(faults);
  if (rows === 0) throw new DatasetProblem('DATASET_INVALID', 'the file has no rows');
  const rest = packer.take();
  if (rest !== null) yield rest;
}

/** @returns the canonical row, or null where it has faults, which are noted */
function typeRow(row: RawRow, { columns, label }: RowPlan, faults: RowFault[]): string | null {
  const before = faults.length;
  for (const name of row.strangers) note(faults, row.number, name, new CellFault('COLUMN_UNKNOWN', 'the first row has no such column'));
  const cells: DatasetCell[] = [];
  for (const column of columns) {
    const cell = readCell(row, column, faults);
    if (cell !== null) cells.push(cell);
  }
  const tag = label === null ? undefined : (readCell(row, label, faults) ?? undefined);
  return faults.length > before ? null : canonicalRow(cells, tag);
}

function readCell(row: RawRow, { name, place, read }: ColumnPlan, faults: RowFault[]): DatasetCell | null {
  const cell = read(row.cells[place]);
  if (!(cell instanceof CellFault)) return cell;
  note(faults, row.number, name, cell);
  return null;
}

function note(faults: RowFault[], row: number, column: string, { code, what }: CellFault): void {
  if (faults.length < MOST_FAULTS) faults.push({ row, column, code, detail: `row ${row}, column ${JSON.stringify(column)}: ${what}` });
}

function invalid(faults: readonly RowFault[]): DatasetProblem {
  const [first] = faults;
  const more =
    faults.length === MOST_FAULTS
      ? `; ${MOST_FAULTS} faults were found before the rest was left unread`
      : faults.length === 1
        ? ''
        : `; ${faults.length} faults in all`;
  return new DatasetProblem('DATASET_INVALID', `${first?.detail ?? 'a row does not fit'}${more}`, null, faults);
}

function tooLarge(detail: string): DatasetProblem {
  return new DatasetProblem('DATASET_TOO_LARGE', detail);
}
