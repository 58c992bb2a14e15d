import { parquetMetadataAsync, parquetReadObjects, parquetSchema, type FileMetaData } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { DatasetProblem } from '../dataset-problem.js';
import type { DatasetLimits } from '../limits.js';
import type { RowFile } from './row-file.js';
import type { RawCell, RawRow, RowSource } from './row-source.js';

/**
 * Rows of a Parquet file with flat columns, one row group in memory at a time.
 *
 * @throws DatasetProblem DATASET_UNREADABLE, DATASET_TOO_LARGE
 */
export async function openParquet(file: RowFile, limits: DatasetLimits): Promise<RowSource> {
  const buffer = {
    byteLength: file.size,
    slice: (start: number, end = file.size) => {
      const bytes = file.slice(start, end);
      bytes.catch(() => undefined); // the library may have given up before it looks at this one
      return bytes;
    },
  };
  const metadata = await guard(() => parquetMetadataAsync(buffer));
  const columns = await guard(() => Promise.resolve(parquetSchema(metadata).children.map((child) => child.element.name)));
  if (columns.some((name: unknown) => typeof name !== 'string')) throw new DatasetProblem('DATASET_UNREADABLE', 'a column has no name');
  checkSizes(metadata, limits);
  return {
    columns,
    isText: false,
    async *rows(): AsyncGenerator<RawRow> {
      let number = 0;
      for (const group of metadata.row_groups) {
        const rowEnd = number + Number(group.num_rows);
        const range = { rowStart: number, rowEnd };
        const rows = await guard(() => parquetReadObjects({ file: buffer, metadata, compressors, geoparquet: false, ...range }));
        if (rows.length !== rowEnd - number)
          throw new DatasetProblem('DATASET_UNREADABLE', 'a row group holds another number of rows than it says');
        for (const row of rows) yield { number: (number += 1), cells: columns.map((name) => row[name] as RawCell), strangers: [] };
      }
    },
  };
}

/** What the file says of itself: a first look, before anything is decompressed. The process's own limits hold whatever it says. */
function checkSizes({ row_groups: groups, num_rows: rows }: FileMetaData, limits: DatasetLimits): void {
  if (rows > limits.rows) throw new DatasetProblem('DATASET_TOO_LARGE', `the file has ${rows} rows; at most ${limits.rows} are taken`);
  const largest = groups.reduce((most, group) => (group.total_byte_size > most ? group.total_byte_size : most), 0n);
  if (largest > limits.rowGroupBytes)
    throw new DatasetProblem(
      'DATASET_TOO_LARGE',
      `a row group has ${largest} bytes; at most ${limits.rowGroupBytes} are read at once`,
      'Write the file with smaller row groups, such as 100,000 rows.',
    );
}

async function guard<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof DatasetProblem) throw error;
    const what = error instanceof Error ? error.message : String(error);
    throw new DatasetProblem('DATASET_UNREADABLE', `the file cannot be read as Parquet: ${what.slice(0, 200)}`);
  }
}
