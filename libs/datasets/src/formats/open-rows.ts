import type { DatasetLimits } from '../limits.js';
import { openCsv } from './csv-rows.js';
import type { FileFormat } from './file-format.js';
import { openNdjson } from './ndjson-rows.js';
import { openParquet } from './parquet-rows.js';
import { RowFile } from './row-file.js';
import type { RowSource } from './row-source.js';

/** @throws DatasetProblem */
export function openRows(descriptor: number, format: FileFormat, limits: DatasetLimits): Promise<RowSource> {
  const file = new RowFile(descriptor, format.gzip, limits.expandedBytes);
  switch (format.kind) {
    case 'csv':
      return openCsv(file, limits);
    case 'ndjson':
      return openNdjson(file, limits);
    case 'parquet':
      return openParquet(file, limits);
  }
}
