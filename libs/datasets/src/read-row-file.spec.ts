import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createHash } from 'node:crypto';
import { mkdtemp, open, readFile, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { canonicalHeader } from '#catalog';
import fc from 'fast-check';
import { readRowFile } from './child/read-row-file.js';
import { DatasetProblem } from './dataset-problem.js';
import { openRows } from './formats/open-rows.js';
import { formatOf } from './formats/file-format.js';
import { datasetLimits, MOST_FAULTS, type DatasetLimits } from './limits.js';
import { readRows, type TypedRows } from './read-rows.js';
import type { RowTyping, TypingModel } from './typing/row-typing.js';

// A process is started for each file that is read in earnest.
jest.setTimeout(60_000);

const parquet = join(dirname(fileURLToPath(import.meta.url)), '..', 'test', 'parquet');
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-rows-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const model: TypingModel = {
  name: 'toy',
  readsText: false,
  features: [
    { name: 'job', kind: 'categorical', categories: ['clerk', 'baker'] },
    { name: 'age', kind: 'numeric', integer: true },
    { name: 'hours', kind: 'numeric' },
  ],
  classes: ['no', 'yes'],
};
const typed: RowTyping = { model, labelColumn: 'paid', labelIsOptional: false, textColumn: null };
const untyped: RowTyping = { model: null, labelColumn: 'paid', labelIsOptional: false, textColumn: null };

interface Read {
  readonly lines: string;
  readonly hash: string;
  readonly rows: number;
}

async function collect({ shape, blocks }: TypedRows): Promise<Read> {
  const chunks: Buffer[] = [Buffer.from(canonicalHeader(shape))];
  let rows = 0;
  for await (const block of blocks) {
    chunks.push(Buffer.from(block.bytes));
    rows += block.rows;
  }
  const bytes = Buffer.concat(chunks);
  return { lines: bytes.toString('utf8'), hash: createHash('sha256').update(bytes).digest('hex'), rows };
}

let files = 0;
async function withFile<T>(bytes: Uint8Array | string, act: (file: FileHandle) => Promise<T>): Promise<T> {
  const path = join(folder, String((files += 1)));
  await writeFile(path, bytes);
  const file = await open(path);
  await rm(path);
  try {
    return await act(file);
  } finally {
    await file.close();
  }
}

function format(name: string) {
  const found = formatOf(name);
  if (found === null) throw new Error(name);
  return found;
}

/** In a child process, as it is done in earnest. */
const read = (name: string, bytes: Uint8Array | string, typing = typed, limits: DatasetLimits = datasetLimits) =>
  withFile(bytes, async (file) => collect(await readRowFile(file.fd, format(name), typing, limits, new AbortController().signal)));

/** In this process: for many small files. */
const readHere = (name: string, bytes: Uint8Array | string, typing = typed, limits: DatasetLimits = datasetLimits) =>
  withFile(bytes, async (file) => collect(await readRows(await openRows(file.fd, format(name), limits), typing, limits)));

async function refusal(act: Promise<unknown>): Promise<DatasetProblem> {
  const error = await act.then(
    () => new Error('was taken'),
    (reason: unknown) => reason,
  );
  if (error instanceof DatasetProblem) return error;
  throw error;
}

const csv = 'age,hours,job,paid\r\n39,40.5,clerk,0\r\n41,-0.0,baker,1\r\n0,1e-7,clerk,1\r\n';
const ndjson = [
  '{"age":39,"hours":40.5,"job":"clerk","paid":0}',
  '{"paid":1,"hours":-0.0,"job":"baker","age":41.0}',
  '{"age":0,"hours":0.0000001,"job":"clerk","paid":1}',
].join('\n');

describe('the same rows', () => {
  const canonical =
    '{"columns":[{"kind":"categorical","name":"job"},{"kind":"numeric","name":"age"},{"kind":"numeric","name":"hours"}],"kind":"tabular","label":"paid"}\n' +
    '["clerk",39,40.5,"no"]\n["baker",41,0,"yes"]\n["clerk",0,1e-7,"yes"]\n';

  it('have the same canonical bytes in every format', async () => {
    const coded = csv.replaceAll('clerk', '0').replaceAll('baker', ' 1 ').replace('41,-0.0', '41 , 0');
    const named = ndjson.replace('"paid":0', '"paid":"no"').replaceAll('"paid":1', '"paid":"yes"').replaceAll('"clerk"', '0');
    for (const [name, bytes] of [
      ['rows.csv', csv],
      ['rows.csv', `\uFEFF${csv.replaceAll('\r\n', '\n')}\n\n`],
      ['rows.csv', coded],
      ['rows.csv.gz', gzipSync(csv)],
      ['rows.ndjson', ndjson],
      ['rows.ndjson.gz', gzipSync(`${named}\n`)],
    ] as const)
      expect((await read(name, bytes)).lines).toBe(canonical);
    for (const codec of ['none', 'snappy', 'gzip', 'zstd', 'brotli', 'lz4', 'v2'])
      expect((await read('rows.parquet', await readFile(join(parquet, `people-${codec}.parquet`)))).lines).toBe(canonical);
  }, 60_000);

  it('have the same hash where no model types them', async () => {
    const hashes = await Promise.all([
      readHere('rows.csv', csv, untyped),
      readHere('rows.ndjson', ndjson, untyped),
      readFile(join(parquet, 'people-snappy.parquet')).then((bytes) => readHere('rows.parquet', bytes, untyped)),
    ]);
    expect(new Set(hashes.map(({ hash }) => hash)).size).toBe(1);
    expect(hashes[0].lines).toContain('[39,40.5,"clerk",0]\n');
  });

  it('in any numbers and texts, written as CSV and as NDJSON', async () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter((one) => !/[\0]|\p{Surrogate}/u.test(one));
    const row = fc.record({ a: fc.double({ noDefaultInfinity: true, noNaN: true }), b: text.map((one) => `t${one}`) });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 20 }), async (rows) => {
        const quoted = (one: string) => `"${one.replaceAll('"', '""')}"`;
        const asCsv = ['a,b', ...rows.map(({ a, b }) => `${a},${quoted(b)}`)].join('\n');
        const asNdjson = rows.map((one) => JSON.stringify(one)).join('\n');
        const typing = { ...untyped, labelColumn: null };
        expect((await readHere('rows.csv', asCsv, typing)).hash).toBe((await readHere('rows.ndjson', asNdjson, typing)).hash);
      }),
      { numRuns: 50 },
    );
  });

  it('are another data set under another order, label or value', async () => {
    const { hash } = await readHere('rows.csv', csv);
    const swapped = csv.replace('39,40.5,clerk,0\r\n41,-0.0,baker,1\r\n', '41,-0.0,baker,1\r\n39,40.5,clerk,0\r\n');
    for (const other of [swapped, csv.replace('40.5', '40.500001'), csv.replace('clerk,0', 'clerk,1')])
      expect((await readHere('rows.csv', other)).hash).not.toBe(hash);
  });
});

describe('kinds that no model gives', () => {
  it('are numeric where every cell of a CSV column is a number, else text', async () => {
    const { lines } = await readHere('rows.csv', 'a,b,c\n1,1,x\n2,two,y\n', { ...untyped, labelColumn: null });
    expect(lines.split('\n').slice(0, 3)).toEqual([
      '{"columns":[{"kind":"numeric","name":"a"},{"kind":"text","name":"b"},{"kind":"text","name":"c"}],"kind":"tabular","label":null}',
      '[1,"1","x"]',
      '[2,"two","y"]',
    ]);
  });

  it('make a text data set where the column of the texts is named, or a text model types the rows', async () => {
    const reviews = 'text,stars\n"good, really",5\nbad,1\n';
    const shape = '{"columns":[{"kind":"text","name":"text"}],"kind":"text","label":"stars"}';
    const named = await readHere('rows.csv', reviews, { model: null, labelColumn: 'stars', labelIsOptional: false, textColumn: 'text' });
    expect(named.lines).toBe(`${shape}\n["good, really",5]\n["bad",1]\n`);
    const reader = { ...model, readsText: true, features: [], classes: ['1', '5'] };
    const byModel = await readHere('rows.csv', reviews, { model: reader, labelColumn: 'stars', labelIsOptional: false, textColumn: null });
    expect(byModel.lines).toBe(`${shape}\n["good, really","5"]\n["bad","1"]\n`);
  });
});

describe('rows that do not fit', () => {
  it('are told with row, column, value and code, all of them', async () => {
    const bad = 'age,hours,job,paid\n39.5,40,clerk,0\n41,NaN,cook,1\n0,1e999,7,2\n,1,clerk,no\n1,2,baker\n1,2,baker,yes,more\n';
    const { code, detail, faults } = await refusal(read('rows.csv', bad));
    expect(code).toBe('DATASET_INVALID');
    expect(detail).toContain('row 1, column "age": "39.5" is no whole number');
    expect(detail).toContain('9 faults in all');
    expect(faults.map((fault) => [fault.row, fault.column, fault.code])).toEqual([
      [1, 'age', 'COLUMN_TYPE'],
      [2, 'job', 'CATEGORY_UNKNOWN'],
      [2, 'hours', 'COLUMN_TYPE'],
      [3, 'job', 'CATEGORY_UNKNOWN'],
      [3, 'hours', 'COLUMN_TYPE'],
      [3, 'paid', 'CLASS_UNKNOWN'],
      [4, 'age', 'COLUMN_MISSING'],
      [5, 'paid', 'COLUMN_MISSING'],
      [6, '#5', 'COLUMN_UNKNOWN'],
    ]);
    expect(faults[1]?.detail).toContain('"cook"');
  });

  it('are told up to a number', async () => {
    const { detail, faults } = await refusal(readHere('rows.csv', `age,hours,job,paid\n${'x,1,clerk,0\n'.repeat(500)}`));
    expect(faults).toHaveLength(MOST_FAULTS);
    expect(detail).toContain('left unread');
  });

  it('by their header name every column that is missing or too many', async () => {
    const { faults } = await refusal(readHere('rows.csv', 'age,hours,work,label\n1,2,clerk,0\n'));
    expect(faults.map(({ row, column, code }) => [row, column, code])).toEqual([
      [null, 'job', 'COLUMN_MISSING'],
      [null, 'paid', 'COLUMN_MISSING'],
      [null, 'work', 'COLUMN_UNKNOWN'],
      [null, 'label', 'COLUMN_UNKNOWN'],
    ]);
  });

  it.each<[string, string, string | Buffer, string]>([
    ['lists and missing cells of Parquet', 'rows.parquet', 'nested', 'DATASET_INVALID'],
    ['an object as a cell', 'rows.ndjson', '{"age":{},"hours":1,"job":"clerk","paid":0}', 'DATASET_INVALID'],
    [
      'a member that the first row lacks',
      'rows.ndjson',
      `${ndjson}\n{"age":1,"hours":1,"job":"clerk","paid":0,"__proto__":1}`,
      'DATASET_INVALID',
    ],
    ['a member with two values', 'rows.ndjson', '{"age":1,"age":2,"hours":1,"job":"clerk","paid":0}', 'DATASET_UNREADABLE'],
    [
      'a member with two values, one name escaped',
      'rows.ndjson',
      '{"hours":1,"ho\\u0075rs":2,"age":1,"job":"clerk","paid":0}',
      'DATASET_UNREADABLE',
    ],
    [
      'a member with two values, one of them deep',
      'rows.ndjson',
      `{"age":${'['.repeat(2e5)}${']'.repeat(2e5)},"age":1}`,
      'DATASET_UNREADABLE',
    ],
    ['a whole number that would be rounded', 'rows.ndjson', '{"hours":9007199254740993,"age":1,"job":"clerk","paid":0}', 'DATASET_INVALID'],
    ['a whole number that would be rounded, as text', 'rows.csv', 'hours,age,job,paid\n-9007199254740993,1,clerk,0', 'DATASET_INVALID'],
    ['half of a surrogate pair', 'rows.ndjson', '{"text":"\\ud800","paid":0}', 'DATASET_INVALID'],
    ['no rows', 'rows.csv', 'age,hours,job,paid\n', 'DATASET_INVALID'],
    ['nothing', 'rows.csv', '', 'DATASET_UNREADABLE'],
    ['nothing', 'rows.ndjson', '\n \n', 'DATASET_UNREADABLE'],
    ['two columns of one name', 'rows.csv', 'age,age\n1,2\n', 'DATASET_UNREADABLE'],
    ['an open quote', 'rows.csv', 'age,hours,job,paid\n1,2,"clerk,0\n', 'DATASET_UNREADABLE'],
    ['bytes that are no UTF-8', 'rows.csv', Buffer.from([0x61, 0x0a, 0xff, 0xfe]), 'DATASET_UNREADABLE'],
    ['a list as a line', 'rows.ndjson', '[1,2]', 'DATASET_UNREADABLE'],
    ['half a line', 'rows.ndjson', '{"age":1', 'DATASET_UNREADABLE'],
    ['blank lines without end', 'rows.ndjson.gz', gzipSync(`${ndjson}${'\n'.repeat(2 ** 25)}`), 'DATASET_UNREADABLE'],
    ['no gzip', 'rows.csv.gz', 'age', 'DATASET_UNREADABLE'],
    ['gzip cut short', 'rows.csv.gz', gzipSync(csv).subarray(0, 40), 'DATASET_UNREADABLE'],
    ['no Parquet', 'rows.parquet', 'PAR1 and then nothing', 'DATASET_UNREADABLE'],
    ['too few bytes', 'rows.parquet', 'PAR', 'DATASET_UNREADABLE'],
  ])('%s in %s', async (what, name, content, code) => {
    const bytes = content === 'nested' ? await readFile(join(parquet, 'nested.parquet')) : content;
    const typing = what.startsWith('half of')
      ? { ...untyped, textColumn: 'text' }
      : what.startsWith('lists')
        ? { ...untyped, labelColumn: null }
        : typed;
    expect((await refusal(readHere(name, bytes, typing))).code).toBe(code);
  });
});

describe('numbers', () => {
  it.each(['9007199254740992', '18014398509481984', '100000000000000020000', '1e30', '9007199254740993.0', '-9007199254740992'])(
    '%s, which a double holds or which is how it is written, is read from both',
    async (number) => {
      const fromCsv = await readHere('rows.csv', `hours,age,job,paid\n${number},1,clerk,0`);
      const fromNdjson = await readHere('rows.ndjson', `{"hours":${number},"age":1,"job":"clerk","paid":0}`);
      expect(fromCsv.lines).toContain(String(Number(number)));
      expect(fromNdjson.lines).toContain(String(Number(number)));
    },
  );
});

describe('limits', () => {
  const small = (limits: Partial<DatasetLimits>): DatasetLimits => ({ ...datasetLimits, ...limits });
  const wide = { ...untyped, labelColumn: null };

  it('stop a bomb of gzip, of Parquet dictionaries, and rows or columns beyond number', async () => {
    const bomb = gzipSync(Buffer.concat([Buffer.from('a\n'), Buffer.alloc(64 * 2 ** 20, '1\n')]));
    const text = await readFile(join(parquet, 'wide-text.parquet'));
    const refused = await Promise.all([
      refusal(readHere('rows.csv.gz', bomb, wide, small({ expandedBytes: 2 ** 20 }))),
      refusal(readHere('rows.parquet', text, wide, small({ expandedBytes: 2 ** 24 }))),
      refusal(readHere('rows.parquet', text, wide, small({ rowBytes: 2 ** 16 }))),
      refusal(readHere('rows.csv', `a\n${'1\n'.repeat(20)}`, wide, small({ rows: 19 }))),
      refusal(readHere('rows.csv', 'a,b,c\n1,2,3\n', wide, small({ columns: 2 }))),
      refusal(readHere('rows.csv', `a\n${'x'.repeat(3000)}\n`, wide, small({ rowBytes: 1000 }))),
      refusal(readHere('rows.ndjson', `{"a":"${'x'.repeat(3000)}"}`, wide, small({ rowBytes: 1000 }))),
      refusal(readHere('rows.parquet', await readFile(join(parquet, 'long-group.parquet')), wide, small({ rowGroupBytes: 1000 }))),
    ]);
    expect(refused.map(({ code }) => code)).toEqual(Array(8).fill('DATASET_TOO_LARGE'));
  }, 60_000);

  it('of memory and time end the process that reads', async () => {
    const group = await readFile(join(parquet, 'long-group.parquet'));
    const tight = await refusal(read('rows.parquet', group, wide, small({ memoryBytes: 120 * 2 ** 20 })));
    expect([tight.code, tight.detail]).toEqual(['RESOURCE_LIMIT', expect.stringContaining('120 MiB')]);
    const slow = await refusal(read('rows.csv', `a\n${'1\n'.repeat(5_000_000)}`, wide, small({ seconds: 1 })));
    expect([slow.code, slow.detail]).toEqual(['RESOURCE_LIMIT', expect.stringContaining('longer than 1 s')]);
  }, 60_000);

  it('hold for whoever takes the blocks slowly, stops taking them, or gives up', async () => {
    const many = `a\n${'1\n'.repeat(200_000)}`;
    await withFile(many, async (file) => {
      const abort = new AbortController();
      const { blocks } = await readRowFile(file.fd, format('rows.csv'), wide, datasetLimits, abort.signal);
      for await (const block of blocks) {
        expect(block.rows).toBe(512);
        break;
      }
      const again = await readRowFile(file.fd, format('rows.csv'), wide, datasetLimits, abort.signal);
      const taken = collect(again);
      abort.abort(new Error('the client left'));
      await expect(taken).rejects.toThrow('the client left');
    });
    expect((await read('rows.csv', many, wide)).rows).toBe(200_000);
  }, 60_000);
});

describe('damaged Parquet', () => {
  it('is refused or read, and never more', async () => {
    const whole = await readFile(join(parquet, 'people-snappy.parquet'));
    const codes = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }), async (changes) => {
        const bytes = Buffer.from(whole);
        for (const [at, value] of changes) bytes[at] = value;
        const outcome = await readHere('rows.parquet', bytes).catch((error: unknown) => error);
        if (outcome instanceof Error && !(outcome instanceof DatasetProblem)) throw outcome;
        codes.add(outcome instanceof DatasetProblem ? outcome.code : 'read');
      }),
      { numRuns: 400, seed: 4 },
    );
    expect([...codes].sort()).toContain('DATASET_UNREADABLE');
  }, 120_000);
});
