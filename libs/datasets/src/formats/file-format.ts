/** How a file of rows is written. */
export interface FileFormat {
  readonly kind: 'csv' | 'ndjson' | 'parquet';
  /** Compressed as a whole with gzip. */
  readonly gzip: boolean;
}

/** Names a part with rows may have. */
export const rowFileNames = ['rows.csv', 'rows.csv.gz', 'rows.ndjson', 'rows.ndjson.gz', 'rows.parquet'] as const;

/** @returns null for a name that is none of `rowFileNames` */
export function formatOf(name: string): FileFormat | null {
  const known = rowFileNames.find((one) => one === name);
  if (known === undefined) return null;
  return { kind: known.includes('csv') ? 'csv' : known.includes('ndjson') ? 'ndjson' : 'parquet', gzip: known.endsWith('.gz') };
}
