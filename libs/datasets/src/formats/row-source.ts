/** A cell as a format holds it. CSV knows text alone. */
export type RawCell = string | number | bigint | boolean | null | undefined | object;

/** A row as it was read: a cell for each of the source's columns, and what it has beyond them. */
export interface RawRow {
  /** Counted from 1. */
  readonly number: number;
  /** Undefined where the row has no such cell. */
  readonly cells: readonly RawCell[];
  /** Names of columns that this row has and the source does not; for a format without names, their places. */
  readonly strangers: readonly string[];
}

/** A file of rows, read from its start each time `rows` is called. */
export interface RowSource {
  /** In the order of the file. */
  readonly columns: readonly string[];
  /** True where every cell is text whose meaning the reader chooses, as in CSV. */
  readonly isText: boolean;
  /** @throws DatasetProblem DATASET_UNREADABLE, DATASET_TOO_LARGE */
  rows(): AsyncIterable<RawRow>;
}
