import { setImmediate as nextTurn } from 'node:timers/promises';
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
  const reads = new Set<Promise<unknown>>();
  const buffer = {
    byteLength: file.size,
    slice: (start: number, end = file.size) => {
      const bytes = file.slice(start, end);
      // The library may have given up before it looks at this one.
      const settled: Promise<boolean> = bytes.then(
        () => reads.delete(settled),
        () => reads.delete(settled),
      );
      reads.add(settled);
      return bytes;
    },
  };
  /** Fails when the library does, but not while it still reads for other columns: whoever is told may close the file. */
  const guard = async <T>(act: () => Promise<T>): Promise<T> => {
    try {
      return await act();
    } catch (error) {
      while (reads.size > 0) {
        await Promise.all(reads);
        await nextTurn(); // what was read may lead to another read
      }
      throw toProblem(error);
    }
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

function toProblem(error: unknown): DatasetProblem {
  if (error instanceof DatasetProblem) return error;
  const what = error instanceof Error ? error.message : String(error);
  return new DatasetProblem('DATASET_UNREADABLE', `the file cannot be read as Parquet: ${what.slice(0, 200)}`);
}
