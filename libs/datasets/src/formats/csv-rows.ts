import { pipeline, Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { DatasetProblem } from '../dataset-problem.js';
import type { DatasetLimits } from '../limits.js';
import type { RowFile } from './row-file.js';
import type { RawRow, RowSource } from './row-source.js';

/**
 * Rows of a CSV file (RFC 4180) with a header. Blank lines are no rows.
 *
 * @throws DatasetProblem DATASET_UNREADABLE
 */
export async function openCsv(file: RowFile, limits: DatasetLimits): Promise<RowSource> {
  let columns: readonly string[] | null = null;
  for await (const header of records(file, limits)) {
    columns = header;
    break;
  }
  if (columns === null)
    throw new DatasetProblem('DATASET_UNREADABLE', 'the file is empty', 'Write the names of the columns into its first line.');
  const width = columns.length;
  return {
    columns,
    isText: true,
    async *rows(): AsyncGenerator<RawRow> {
      let number = 0;
      for await (const record of records(file, limits)) {
        if (number > 0)
          yield {
            number,
            cells: record,
            strangers: record.length > width ? record.slice(width).map((_, index) => `#${width + index + 1}`) : [],
          };
        number += 1;
      }
    },
  };
}

async function* records(file: RowFile, { rowBytes }: DatasetLimits): AsyncGenerator<string[]> {
  const parser = parse({ relax_column_count: true, skip_empty_lines: true, max_record_size: rowBytes });
  pipeline(Readable.from(file.text()), parser, () => undefined); // what goes wrong is thrown by the loop below
  try {
    for await (const record of parser as AsyncIterable<string[]>) yield record;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    if (error.code === 'CSV_MAX_RECORD_SIZE') throw new DatasetProblem('DATASET_TOO_LARGE', `a row has more than ${rowBytes} bytes`);
    throw new DatasetProblem('DATASET_UNREADABLE', `the file cannot be read as CSV: ${error.message}`);
  }
}
