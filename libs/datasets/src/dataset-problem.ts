/** Faults of single rows, in the words of the catalogue of problems. */
export type RowFaultCode = 'COLUMN_UNKNOWN' | 'COLUMN_MISSING' | 'COLUMN_TYPE' | 'CATEGORY_UNKNOWN' | 'CLASS_UNKNOWN' | 'TEXT_INVALID';

/** One value that does not fit. */
export interface RowFault {
  /** Counted from 1, the header not among them; null where the whole file lacks or has too many of something. */
  readonly row: number | null;
  readonly column: string;
  readonly code: RowFaultCode;
  /** With the value in it. */
  readonly detail: string;
}

export type DatasetProblemCode =
  /** Rows that do not fit; the faults say which. */
  | 'DATASET_INVALID'
  /** The file is no file of its kind, or is damaged. */
  | 'DATASET_UNREADABLE'
  /** More than a limit allows. */
  | 'DATASET_TOO_LARGE'
  /** Reading it took the process that reads beyond its memory, or its life. */
  | 'RESOURCE_LIMIT';

/** Why a file of rows is not taken. */
export class DatasetProblem extends Error {
  override readonly name = 'DatasetProblem';

  constructor(
    readonly code: DatasetProblemCode,
    readonly detail: string,
    readonly remedy: string | null = null,
    /** At most MOST_FAULTS, in row order. */
    readonly faults: readonly RowFault[] = [],
  ) {
    super(`${code}: ${detail}`);
  }
}
