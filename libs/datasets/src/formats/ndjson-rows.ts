import { quote } from '#explainers';
import { parse } from 'lossless-json';
import { DatasetProblem } from '../dataset-problem.js';
import type { DatasetLimits } from '../limits.js';
import type { RowFile } from './row-file.js';
import type { RawCell, RawRow, RowSource } from './row-source.js';

/**
 * Rows of newline-delimited JSON: an object a line. The first one names the columns. Blank lines are no rows.
 *
 * @throws DatasetProblem DATASET_UNREADABLE
 */
export async function openNdjson(file: RowFile, limits: DatasetLimits): Promise<RowSource> {
  let columns: readonly string[] | null = null;
  for await (const { line, number } of lines(file, limits)) {
    columns = [...parseLine(line, number).keys()];
    break;
  }
  if (columns === null) throw new DatasetProblem('DATASET_UNREADABLE', 'the file is empty', 'Write one JSON object a line.');
  const names = columns;
  const known = new Set(names);
  return {
    columns: names,
    isText: false,
    async *rows(): AsyncGenerator<RawRow> {
      for await (const { line, number } of lines(file, limits)) {
        const row = parseLine(line, number);
        yield { number, cells: names.map((name) => row.get(name)), strangers: [...row.keys()].filter((name) => !known.has(name)) };
      }
    },
  };
}

function parseLine(line: string, number: number): ReadonlyMap<string, RawCell> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    // The parser's own message quotes the text around the fault.
    const at = error instanceof Error ? (/position \d+/.exec(error.message)?.[0] ?? 'its end') : 'its end';
    throw new DatasetProblem('DATASET_UNREADABLE', `row ${number} is not JSON: the fault is at ${at}`, 'Write one JSON object a line.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new DatasetProblem(
      'DATASET_UNREADABLE',
      `row ${number} is not a JSON object`,
      'Write one JSON object a line, with the columns as its members.',
    );
  const row = new Map(Object.entries(value as Record<string, RawCell>));
  // What JSON.parse changes without a word: of two equal members it keeps the last, and long whole numbers it rounds.
  const mayRepeat = (line.match(memberEnds)?.length ?? 0) !== row.size;
  const isRounded = [...row.values()].some((cell) => typeof cell === 'number' && Number.isInteger(cell) && !Number.isSafeInteger(cell));
  if (!mayRepeat && !isRounded) return row;
  const exact = parseExactly(line, number) as Readonly<Record<string, RawCell>>;
  return isRounded ? new Map([...row].map(([name, cell]) => [name, typeof cell === 'number' ? exact[name] : cell])) : row;
}

const memberEnds = /"\s*:/g;
const wholeNumber = /^-?\d+$/;

/** Longer ones are beyond every double, and slow to read as BigInt. */
const LONGEST_WHOLE = 400;

/** The line with whole numbers beyond 2^53 - 1 as BigInt. @throws DatasetProblem where a member is given twice, or nested too deep */
function parseExactly(line: string, number: number): unknown {
  try {
    return parse(line, null, { parseNumber: readNumber, onDuplicateKey: ({ key }) => refuseTwice(key, number) });
  } catch (error) {
    // JSON.parse has taken the line; this parser is recursive.
    if (error instanceof RangeError)
      throw new DatasetProblem('DATASET_UNREADABLE', `row ${number} is nested too deep`, 'Write flat objects.');
    throw error;
  }
}

function readNumber(text: string): number | bigint {
  const value = Number(text);
  return wholeNumber.test(text) && !Number.isSafeInteger(value) && text.length <= LONGEST_WHOLE ? BigInt(text) : value;
}

function refuseTwice(key: string, number: number): never {
  const detail = `row ${number} gives the member ${quote(key)} twice, with different values`;
  throw new DatasetProblem('DATASET_UNREADABLE', detail, 'Write each column once a row.');
}

async function* lines(file: RowFile, { rowBytes }: DatasetLimits): AsyncGenerator<{ readonly line: string; readonly number: number }> {
  let rest = '';
  let number = 0;
  const tooLong = () => new DatasetProblem('DATASET_TOO_LARGE', `row ${number + 1} has more than ${rowBytes} bytes`);
  for await (const piece of file.text()) {
    rest += piece;
    let start = 0;
    for (let end = rest.indexOf('\n', start); end >= 0; end = rest.indexOf('\n', start)) {
      const line = rest.slice(start, end).trim();
      start = end + 1;
      if (line.length > rowBytes) throw tooLong();
      if (line !== '') yield { line, number: (number += 1) };
    }
    rest = rest.slice(start);
    if (rest.length > rowBytes) throw tooLong();
  }
  if (rest.trim() !== '') yield { line: rest.trim(), number: (number += 1) };
}
