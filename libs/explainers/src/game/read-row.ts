import { ExplainProblem } from '../contract/explain-problem.js';
import type { FeatureColumn } from '../contract/model-description.js';
import { escapePointer } from './escape-pointer.js';
import { nameChoices, quote } from './name-choices.js';

/**
 * A row sent by a person as the cells of a model's table: a numeric column's value, a categorical column's code.
 *
 * @param features one value per column; a categorical value by name or by code
 * @param pointer RFC 6901 pointer of `features` in the request body
 * @returns one cell per column, in model order
 * @throws ExplainProblem COLUMN_UNKNOWN, COLUMN_MISSING, COLUMN_TYPE, CATEGORY_UNKNOWN with the pointer of the value
 */
export function readRow(
  features: Readonly<Record<string, string | number>>,
  columns: readonly FeatureColumn[],
  pointer: string,
): Float64Array {
  const given = new Map(Object.entries(features));
  const names = columns.map((column) => column.name);
  const known = new Set(names);
  for (const name of given.keys()) {
    if (!known.has(name)) {
      throw new ExplainProblem(
        'COLUMN_UNKNOWN',
        `the model has no column ${quote(name)}`,
        `${pointer}/${escapePointer(name)}`,
        `Columns: ${nameChoices(name, names)}.`,
      );
    }
  }
  return Float64Array.from(columns, (column) => {
    const at = `${pointer}/${escapePointer(column.name)}`;
    const value = given.get(column.name);
    if (value === undefined) {
      throw new ExplainProblem('COLUMN_MISSING', `the column ${quote(column.name)} has no value`, at, `Give ${describeColumn(column)}.`);
    }
    return column.kind === 'numeric' ? readNumber(column, value, at) : readCategory(column, value, at);
  });
}

/** What a cell is to a person: the category's name, or the number. */
export function showCell(column: FeatureColumn, cell: number): string | number {
  return column.kind === 'categorical' ? (column.categories?.[cell] ?? cell) : cell;
}

function readNumber(column: FeatureColumn, value: string | number, at: string): number {
  // Graphs read float32: what overflows there cannot be explained, and what is computed from it here overflows too.
  const fits = typeof value === 'number' && (column.integer === true ? Number.isSafeInteger(value) : Number.isFinite(Math.fround(value)));
  if (fits) return value;
  throw new ExplainProblem(
    'COLUMN_TYPE',
    `the column ${quote(column.name)} takes ${column.integer === true ? 'whole numbers' : 'numbers'}, not ${quote(value)}`,
    at,
    `Give ${describeColumn(column)}.`,
  );
}

function readCategory(column: FeatureColumn, value: string | number, at: string): number {
  const categories = column.categories ?? [];
  const code = typeof value === 'number' ? value : categories.indexOf(value);
  if (Number.isInteger(code) && code >= 0 && code < categories.length) return code;
  throw new ExplainProblem(
    'CATEGORY_UNKNOWN',
    `the column ${quote(column.name)} has no category ${quote(value)}`,
    at,
    `Categories: ${nameChoices(String(value), categories)}; or a code of 0 … ${categories.length - 1}.`,
  );
}

function describeColumn({ kind, unit, categories, integer }: FeatureColumn): string {
  if (kind === 'categorical') return `one of ${nameChoices('', categories ?? [])}`;
  const number = integer === true ? 'a whole number' : 'a finite number';
  return unit === undefined ? number : `${number} (${unit})`;
}
