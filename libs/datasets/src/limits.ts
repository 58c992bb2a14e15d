/** What a file of rows may hold. The reference lists these numbers. */
export interface DatasetLimits {
  readonly rows: number;
  readonly columns: number;
  /** Bytes of one row: of its line in the file, and of what is kept of it. */
  readonly rowBytes: number;
  /** Bytes after decompression, in the file and in what is kept of it. */
  readonly expandedBytes: number;
  /** Uncompressed bytes of one row group of a Parquet file, which is read as a whole. */
  readonly rowGroupBytes: number;
  /** Seconds for reading a file, storing included. */
  readonly seconds: number;
  /** Resident bytes of the process that reads. */
  readonly memoryBytes: number;
}

export const datasetLimits: DatasetLimits = Object.freeze({
  rows: 10_000_000,
  columns: 1000,
  rowBytes: 2 ** 20,
  expandedBytes: 4 * 2 ** 30,
  rowGroupBytes: 128 * 2 ** 20,
  seconds: 1800,
  memoryBytes: 2 ** 30,
});

/** Faults told in one answer. */
export const MOST_FAULTS = 50;
