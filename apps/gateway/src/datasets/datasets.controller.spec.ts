import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { rootPrincipal, type Principal } from '#access';
import type { ModelDescription } from '#explainers';
import type { Problem } from '#platform';
import { ROOT_KEY, startDatabaseGateway, type DatabaseGateway } from '../../test/start-database-gateway.js';
import type { BaselineAnswer } from '../baselines/baseline-answers.js';
import type { DatasetAnswer, DatasetVersionAnswer } from './dataset-answers.js';

// A process is started for each file of rows.
jest.setTimeout(60_000);

let gateway: DatabaseGateway;
const headers = { authorization: `Bearer ${ROOT_KEY}` };
const principal: Principal = rootPrincipal;

const description: ModelDescription = {
  ...{ name: 'toy', version: '1', sha256: 'a'.repeat(64), task: 'tabular-classification', classes: ['no', 'yes'], multiLabel: false },
  ...{ output: { name: 'p', kind: 'probabilities' }, maxTokens: null, maskToken: null, backgroundRows: 0, batchInvariant: true },
  features: [
    { name: 'age', kind: 'numeric' },
    { name: 'job', kind: 'categorical', categories: ['clerk', 'baker'] },
  ],
};

beforeAll(async () => {
  gateway = await startDatabaseGateway({}, { datasetUploads: 3, datasetUploadsOfTenant: 2 });
  await gateway.core.keys.openTenant(principal.tenant, principal.actor);
  await gateway.core.models.addVersion(principal, {
    ...{ model: 'toy', version: '1', location: 'bundled:toy', sha256: 'a'.repeat(64), files: [] },
    outcome: { state: 'ACTIVE', description, capabilities: {} },
  });
}, 120_000);
afterAll(() => gateway.stop());

type Parts = Readonly<Record<string, string | Buffer>>;

function form(parts: Parts, partHeaders = ''): Buffer {
  const pieces = Object.entries(parts).flatMap(([name, value]) => [
    Buffer.from(`--b\r\ncontent-disposition: form-data; name="${name}"\r\n${name.startsWith('rows') ? partHeaders : ''}\r\n`),
    Buffer.from(value),
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([...pieces, Buffer.from('--b--\r\n')]);
}

const upload = <Body = DatasetVersionAnswer>(parts: Parts, more: Record<string, string> = {}, partHeaders = '') =>
  gateway.call<Body>({
    url: '/v1/datasets',
    headers: { ...headers, 'content-type': 'multipart/form-data; boundary=b', ...more },
    body: form(parts, partHeaders),
  });

/** Sends all but the end of an upload, and waits. */
function startUpload(body: Buffer): Socket {
  const head = ['POST /v1/datasets HTTP/1.1', 'Host: localhost', `Authorization: ${headers.authorization}`];
  const socket = connect(gateway.port, '127.0.0.1');
  socket.on('error', () => undefined); // cut by the test
  socket.write([...head, 'Content-Type: multipart/form-data; boundary=b', `Content-Length: ${body.length}`, '', ''].join('\r\n'));
  socket.write(body.subarray(0, -8));
  return socket;
}

async function until<T>(ask: () => Promise<T>, isIt: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (isIt(answer)) return answer;
    await pause(5);
  }
}

const csv = 'age,job,paid\n39,clerk,0\n41,1,yes\n';
const ndjson = '{"job":"clerk","age":39,"paid":"no"}\n{"age":41,"job":"baker","paid":1}\n';

describe('an upload of rows', () => {
  it('answers with the version, in whatever format and order the parts come', async () => {
    const first = await upload({ name: 'people', model: 'toy', label: 'paid', 'rows.csv': csv });
    expect([first.status, first.headers.location, first.text.length > 0]).toEqual([201, '/v1/datasets/people', true]);
    expect(first.body).toMatchObject({ name: 'people', version: '1', kind: 'tabular', rows: 2, label: 'paid', model: 'toy' });
    expect(first.body.columns.map((column) => column.name)).toEqual(['age', 'job']);
    const second = await upload({ 'rows.ndjson.gz': gzipSync(ndjson), label: 'paid', model: 'toy', name: 'people' });
    expect([second.body.version, second.body.sha256]).toEqual(['2', first.body.sha256]);
    const found = await gateway.call<DatasetAnswer>({ url: '/v1/datasets/people', headers });
    expect(found.body.versions.map((one) => one.version)).toEqual(['2', '1']);
    const page = await gateway.call<{ items: DatasetAnswer[]; nextPageToken: string | null }>({ url: '/v1/datasets?pageSize=1', headers });
    expect(page.body.items.map((one) => one.name)).toEqual(['people']);
    expect(
      await gateway.core.datasets.readRows(
        principal.tenant,
        (await gateway.core.datasets.find(principal.tenant, 'people'))?.id ?? '',
        1,
        2,
      ),
    ).toEqual([{ features: { age: 41, job: 'baker' }, label: 'yes' }]);
  });

  it('is refused as a whole, with every fault by row, column and value', async () => {
    const answer = await upload<Problem>({
      name: 'bad',
      model: 'toy',
      label: 'paid',
      'rows.csv': 'age,job,paid\n1,cook,0\nx,clerk,2\n1,clerk,1\n',
    });
    expect([answer.status, answer.body.code]).toEqual([422, 'DATASET_INVALID']);
    expect(answer.body.errors.map((one) => [one.pointer, one.code])).toEqual([
      ['/rows/1/job', 'CATEGORY_UNKNOWN'],
      ['/rows/2/age', 'COLUMN_TYPE'],
      ['/rows/2/paid', 'CLASS_UNKNOWN'],
    ]);
    const told = answer.body.errors.map((one) => one.detail).join();
    for (const value of ['"cook"', 'row 2, column "age": "x"', '"2"']) expect(told).toContain(value);
    const header = await upload<Problem>({ name: 'bad', model: 'toy', 'rows.csv': csv });
    expect(header.body.errors.map((one) => [one.pointer, one.code])).toEqual([['/columns/paid', 'COLUMN_UNKNOWN']]);
    expect((await gateway.call({ url: '/v1/datasets/bad', headers })).status).toBe(404);
    expect((await gateway.raw.query(`SELECT 1 FROM dataset_version WHERE ready_at IS NULL`)).rowCount).toBe(0);
    expect(gateway.lines.join()).not.toContain('cook');
  });

  it.each<[string, Parts, number, string]>([
    ['without a name', { 'rows.csv': csv }, 422, 'PART_REFUSED'],
    ['with a name that is a path', { name: '../x', 'rows.csv': csv }, 422, 'PART_REFUSED'],
    ['without rows', { name: 'x' }, 422, 'PART_REFUSED'],
    ['with two files', { name: 'x', 'rows.csv': csv, 'rows.ndjson': ndjson }, 422, 'PART_REFUSED'],
    ['with a part of another name', { name: 'x', 'people.csv': csv }, 422, 'PART_REFUSED'],
    ['for a model that is not there', { name: 'x', model: 'nobody', 'rows.csv': csv }, 422, 'MODEL_UNKNOWN'],
    ['under a version that is taken', { name: 'people', version: '1', 'rows.csv': csv }, 409, 'CONFLICT'],
    ['that is no Parquet', { name: 'x', 'rows.parquet': csv }, 422, 'DATASET_UNREADABLE'],
    ['of texts for a model of columns', { name: 'x', model: 'toy', textColumn: 'job', 'rows.csv': csv }, 422, 'PARAM_INVALID'],
  ])('%s is refused', async (_what, parts, status, code) => {
    const answer = await upload<Problem>(parts);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it('tells by a pointer which field is to blame', async () => {
    const faults: [Parts, string][] = [
      [{ 'rows.csv': csv }, '/name'],
      [{ name: '../x', 'rows.csv': csv }, '/name'],
      [{ name: 'x', version: '.', 'rows.csv': csv }, '/version'],
      [{ name: '', 'rows.csv': csv }, '/name'],
      [{ name: 'x', model: 'a\0', 'rows.csv': csv }, '/model'],
      [{ name: 'x', label: Buffer.from([0xff]), 'rows.csv': csv }, '/label'],
      [{ name: 'x', label: 'x'.repeat(1025), 'rows.csv': csv }, '/label'],
    ];
    for (const [parts, pointer] of faults) {
      const { body } = await upload<Problem>(parts);
      expect([body.code, body.errors.map((one) => one.pointer)]).toEqual(['PART_REFUSED', [pointer]]);
    }
    const twice = Buffer.from(
      form({ name: 'x' })
        .toString()
        .replace('--b--\r\n', form({ name: 'y' }).toString()),
    );
    const { body } = await gateway.call<Problem>({
      url: '/v1/datasets',
      headers: { ...headers, 'content-type': 'multipart/form-data; boundary=b' },
      body: twice,
    });
    expect([body.code, body.errors]).toEqual([
      'PART_REFUSED',
      [expect.objectContaining({ pointer: '/name', detail: 'the field name comes twice' })],
    ]);
  });

  it('is held against the digests sent with it, of the body and of the file', async () => {
    const digest = (bytes: Buffer | string) => `sha-256=:${createHash('sha256').update(bytes).digest('base64')}:`;
    const parts = { name: 'digested', 'rows.csv': csv };
    expect((await upload(parts, { 'repr-digest': digest(form(parts)) })).status).toBe(201);
    expect((await upload<Problem>(parts, { 'repr-digest': digest('other') })).body.code).toBe('DIGEST_MISMATCH');
    expect((await upload(parts, {}, `repr-digest: ${digest(csv)}\r\n`)).status).toBe(201);
    expect((await upload<Problem>(parts, {}, `repr-digest: ${digest('other')}\r\n`)).body.code).toBe('DIGEST_MISMATCH');
  });

  it('is refused before a byte is read where the disk has no room for it', async () => {
    const { modelFiles } = gateway.parts;
    const asked = modelFiles.freeBytes.bind(modelFiles);
    modelFiles.freeBytes = () => Promise.resolve(0);
    try {
      const answer = await upload<Problem>({ name: 'large', 'rows.csv': csv });
      expect([answer.status, answer.body.code]).toEqual([507, 'STORAGE_FULL']);
    } finally {
      modelFiles.freeBytes = asked;
    }
    expect((await upload({ name: 'large', 'rows.csv': csv })).status).toBe(201);
  });

  it('waits among so many of its tenant and no more, while others come in; one that ends, however it does, makes room', async () => {
    const body = form({ name: 'slow', 'rows.csv': csv });
    const starts = [startUpload(body), startUpload(body)];
    const refused = await until(
      () => upload<Problem>({ name: 'third', 'rows.csv': csv }),
      (answer) => answer.status === 503,
    );
    expect([refused.body.code, refused.headers['retry-after']]).toEqual(['UPLOADS_EXHAUSTED', '5']);
    const key = { name: 'acme', tenant: 'acme', scopes: ['models'] };
    const { secret } = (await gateway.call<{ secret: string }>({ url: '/v1/api-keys', headers, body: key })).body;
    expect((await upload({ name: 'theirs', 'rows.csv': csv }, { authorization: `Bearer ${secret}` })).status).toBe(201);
    for (const start of starts) start.destroy();
    await until(
      () => upload({ name: 'third', 'rows.csv': csv }),
      (answer) => answer.status === 201,
    );
  });

  it('leaves no file behind', async () => {
    expect(await readdir(join(gateway.core.config.home, 'files', 'rows'))).toEqual([]);
  });

  it('can be deleted, once', async () => {
    await upload({ name: 'gone', 'rows.csv': csv });
    const call = { method: 'DELETE', url: '/v1/datasets/gone', headers } as const;
    expect((await gateway.call(call)).body).toEqual({ name: 'gone', versions: ['1'], forced: false });
    expect((await gateway.call(call)).status).toBe(404);
  });
});

describe('a baseline', () => {
  const store = (body: object) => gateway.call<BaselineAnswer & Problem>({ url: '/v1/baselines', headers, body });

  it('is kept with categories by name, numbered, and sealed', async () => {
    const first = await store({ name: 'typical', model: 'toy', features: { job: 1, age: 40.25 } });
    expect([first.status, first.body]).toEqual([
      201,
      expect.objectContaining({ version: '1', model: 'toy', features: { age: 40.25, job: 'baker' } }),
    ]);
    expect(first.body.sha256).toBe(createHash('sha256').update('{"age":40.25,"job":"baker"}').digest('hex'));
    expect((await store({ name: 'typical', model: 'toy', features: { job: 0, age: 1 } })).body.version).toBe('2');
    expect((await store({ name: 'typical', version: '2', model: 'toy', features: { job: 0, age: 1 } })).status).toBe(409);
    const page = await gateway.call<{ items: BaselineAnswer[] }>({ url: '/v1/baselines', headers });
    expect(page.body.items.map((one) => [one.version, one.features['age']])).toEqual([
      ['2', 1],
      ['1', 40.25],
    ]);
    await gateway.raw.query(`SET vitrine.tenant = '*'`);
    const rows = await gateway.raw.query<{ row: string }>(`SELECT encode(convert_to(b::text, 'UTF8'), 'escape') AS row FROM baseline b`);
    expect(rows.rowCount).toBe(2);
    for (const { row } of rows.rows) expect(row).not.toContain('baker');
  });

  it.each([
    [{ job: 'cook', age: 1 }, 'CATEGORY_UNKNOWN', '/features/job'],
    [{ job: 'clerk' }, 'COLUMN_MISSING', '/features/age'],
    [{ job: 'clerk', age: 1, more: 2 }, 'COLUMN_UNKNOWN', '/features/more'],
  ])('of %j is refused with %s', async (features, code, pointer) => {
    const { status, body } = await store({ name: 'bad', model: 'toy', features });
    expect([status, body.code, body.errors[0]?.pointer]).toEqual([422, code, pointer]);
  });
});
