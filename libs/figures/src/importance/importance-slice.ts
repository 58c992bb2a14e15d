/** The slice of a global explanation that its figures show: one target. */
export interface ImportanceSlice {
  /** What was explained, as a title. */
  readonly title: string;
  /** Of the attributions. */
  readonly unit: string;
  /** Share of intervals that cover the truth, 0 … 1. */
  readonly confidence: number;
  readonly columns: readonly ColumnImportance[];
  /** Rows of the data set; lists in the order of the columns. */
  readonly sample: readonly SampledRow[];
}

export interface ColumnImportance {
  readonly name: string;
  /** Mean size of the attributions. */
  readonly meanAbs: { readonly value: number; readonly interval: readonly [low: number, high: number] | null };
}

export interface SampledRow {
  /** Null for a group of columns. */
  readonly values: readonly (number | string | null)[];
  readonly attributions: readonly number[];
}

export interface WordSlice {
  readonly title: string;
  readonly unit: string;
  /** Share of intervals that cover the truth, 0 … 1. */
  readonly confidence: number;
  readonly words: readonly WordImportance[];
}

export interface WordImportance {
  readonly word: string;
  readonly occurrences: number;
  /** Of an occurrence. */
  readonly mean: number;
  readonly interval: readonly [low: number, high: number] | null;
}

/** Indices of the columns, the most important first. */
export function rankColumns(columns: readonly ColumnImportance[]): readonly number[] {
  return columns.map((_column, index) => index).sort((a, b) => sizeOf(columns[b]) - sizeOf(columns[a]));
}

function sizeOf(column: ColumnImportance | undefined): number {
  return column?.meanAbs.value ?? 0;
}

/** Such as `95 %`. */
export function tellConfidence(confidence: number): string {
  return `${Number((confidence * 100).toFixed(2))} %`;
}
