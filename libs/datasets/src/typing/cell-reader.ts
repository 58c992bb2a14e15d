import { nameChoices, quote } from '#explainers';
import type { DatasetCell } from '#catalog';
import type { FeatureColumn } from '#explainers';
import type { RowFaultCode } from '../dataset-problem.js';
import type { RawCell } from '../formats/row-source.js';

/** Why a cell cannot be read, in words that go on from "row 3, column age: ". */
export class CellFault {
  constructor(
    readonly code: RowFaultCode,
    readonly what: string,
  ) {}
}

/** A cell as it was written to the cell that is kept. */
export type CellReader = (cell: RawCell) => DatasetCell | CellFault;

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const digits = /^\d+$/;
const whole = /^[+-]?\d+$/;
/** More digits than any finite double has, leading zeros aside. */
const LONGEST_WHOLE = 400;
const missing = new CellFault('COLUMN_MISSING', 'there is no value');
/** NUL cannot be stored faithfully everywhere, and half of a surrogate pair is no character. */
const unfit = /\0|\p{Surrogate}/u;

/** True for text that a file without types means as a number. */
export function isDecimal(text: string): boolean {
  return decimal.test(text.trim()) && Number.isFinite(Number(text));
}

/**
 * A finite number; where the model reads float32, one that it can hold.
 *
 * @param integer whole numbers alone
 */
export function numberReader({
  integer = false,
  float32 = true,
}: { readonly integer?: boolean; readonly float32?: boolean } = {}): CellReader {
  return (cell) => {
    if (isMissing(cell)) return missing;
    const value =
      typeof cell === 'string' ? (decimal.test(cell.trim()) ? Number(cell) : NaN) : typeof cell === 'bigint' ? Number(cell) : cell;
    if (isRounded(cell, value)) return new CellFault('COLUMN_TYPE', `${quote(cell)} cannot be read without changing it`);
    const fits =
      typeof value === 'number' && (integer ? Number.isSafeInteger(value) : Number.isFinite(float32 ? Math.fround(value) : value));
    return fits ? value : new CellFault('COLUMN_TYPE', `${quote(cell)} is no ${integer ? 'whole' : 'finite'} number`);
  };
}

/** A category by its name or, where no category has that name, by its code. */
export function categoryReader(categories: readonly string[], code: RowFaultCode, what: string): CellReader {
  const known = new Set(categories);
  const fault = (cell: RawCell) =>
    new CellFault(
      code,
      `${quote(cell)} is no ${what}; there are ${nameChoices(typeof cell === 'string' ? cell.slice(0, 64) : '', categories)}`,
    );
  const byCode = (value: number, cell: RawCell) => categories[value] ?? fault(cell);
  return (cell) => {
    if (typeof cell === 'number') return byCode(cell, cell);
    if (typeof cell === 'bigint') return byCode(toNumber(cell), cell);
    if (typeof cell === 'string') {
      if (known.has(cell)) return cell;
      const trimmed = cell.trim();
      if (known.has(trimmed)) return trimmed;
      if (trimmed === '') return missing;
      return digits.test(trimmed) ? byCode(Number(trimmed), cell) : fault(cell);
    }
    if (typeof cell === 'boolean' && known.has(String(cell))) return String(cell);
    return cell === null || cell === undefined ? missing : fault(cell);
  };
}

/** Text as it is. @param mayBeEmpty whether the empty text is a value */
export function textReader(mayBeEmpty: boolean): CellReader {
  return (cell) => {
    if (cell === null || cell === undefined || (cell === '' && !mayBeEmpty)) return missing;
    if (typeof cell === 'boolean') return String(cell);
    if (typeof cell !== 'string') return new CellFault('COLUMN_TYPE', `${quote(cell)} is no text`);
    return unfit.test(cell) ? new CellFault('TEXT_INVALID', 'the text holds NUL or half of a surrogate pair') : cell;
  };
}

/** The reader of a model's column. */
export function featureReader(feature: FeatureColumn): CellReader {
  return feature.kind === 'numeric'
    ? numberReader({ integer: feature.integer === true })
    : categoryReader(feature.categories ?? [], 'CATEGORY_UNKNOWN', 'category');
}

/**
 * Whether a whole number, written out, is neither kept to its last digit nor how its double is written: an identifier more often than a
 * quantity. What some program printed from a double reads back as that double.
 */
function isRounded(cell: RawCell, value: unknown): boolean {
  const text = typeof cell === 'bigint' ? String(cell) : typeof cell === 'string' ? cell.trim() : '';
  if (typeof value !== 'number' || !Number.isFinite(value) || Number.isSafeInteger(value) || !whole.test(text)) return false;
  if (text.length > LONGEST_WHOLE) return true;
  const written = BigInt(text.replace('+', ''));
  return BigInt(value) !== written && String(value) !== String(written);
}

function isMissing(cell: RawCell): boolean {
  return cell === null || cell === undefined || (typeof cell === 'string' && cell.trim() === '');
}

function toNumber(value: bigint): number {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : NaN;
}
