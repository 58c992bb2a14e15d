import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from '../http/query/page.js';
import type { JobAnswer } from '../jobs/job-answer.js';
import { goodJob, startTestGateway, type TestGateway } from '../../test/start-test-gateway.js';
import type { ExplanationAnswer, ExplanationSummary } from './explanation-answer.js';
import type { RankedAttributions } from './rank-attributions.js';

let gateway: TestGateway;
let text: ExplanationAnswer;
let table: ExplanationAnswer;

beforeAll(async () => {
  gateway = await startTestGateway();
  text = await explain({ labels: { case: 'A-17' } });
  table = await explain({
    method: 'toy-sampling',
    model: { name: 'income' },
    input: { features: { age: 39, workclass: 'Private' } },
    params: { players: 'columns', budget: 8 },
  });
});
afterAll(() => gateway.app.close());

async function explain(body: object): Promise<ExplanationAnswer> {
  const { id } = (await gateway.call<JobAnswer>({ url: '/v1/jobs', body: { ...goodJob, ...body } })).body;
  await gateway.runJobs();
  const { explanationId } = (await gateway.call<JobAnswer>({ url: `/v1/jobs/${id}` })).body;
  return (await gateway.call<ExplanationAnswer>({ url: `/v1/explanations/${explanationId}` })).body;
}

describe('GET /v1/explanations/{id}', () => {
  it('answers the stored record', () => {
    expect(text).toMatchObject({
      method: 'toy-shap',
      labels: { case: 'A-17' },
      actor: 'local',
      model: { name: 'sentiment', version: '1' },
      input: { text: 'A gripping, funny film.' },
      params: { players: 'words', budget: 64 },
      seed: 7,
      attributions: [[0.1, -0.2, 0.3, -0.4]],
      evaluations: 64,
      modelRows: 64,
      timing: { wallMs: 12, modelMs: 7 },
      tensors: [
        {
          name: 'interactions',
          shape: [2, 2],
          dtype: 'f32',
          maxAbsError: 0,
          href: `/v1/explanations/${text.id}/tensors/interactions?format=npy`,
        },
      ],
    });
    expect(text).not.toHaveProperty('schema');
    expect(table.features).toEqual([
      { name: 'age', value: 39 },
      { name: 'workclass', value: 'Private' },
    ]);
  });

  it('carries the result hash as ETag and answers 304 to whoever has it', async () => {
    const url = `/v1/explanations/${text.id}`;
    const { headers } = await gateway.call({ url });
    expect(headers.etag).toBe(`"${text.resultHash}"`);
    const again = await gateway.call({ url, headers: { 'if-none-match': `W/"x", ${headers.etag ?? ''}` } });
    expect([again.status, again.text, again.headers.etag]).toEqual([304, '', headers.etag]);
    expect((await gateway.call({ url, headers: { 'if-none-match': '"other"' } })).status).toBe(200);
  });
});

describe('GET /v1/explanations/{id}/canonical', () => {
  it('answers the very bytes that were hashed', async () => {
    const { headers, bytes, body } = await gateway.call<Record<string, unknown>>({ url: `/v1/explanations/${text.id}/canonical` });
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(text.resultHash);
    expect(headers['repr-digest']).toBe(`sha-256=:${createHash('sha256').update(bytes).digest('base64')}:`);
    expect(headers['content-type']).toMatch(/^application\/json/);
    expect(body).toMatchObject({ schema: 'vitrine.result/v1', seed: 7 });
    expect(body).not.toHaveProperty('id');
  });
});

describe('GET /v1/explanations/{id}/attributions', () => {
  const rank = (query = '') => gateway.call<RankedAttributions>({ url: `/v1/explanations/${text.id}/attributions${query}` });

  it('sorts by absolute value', async () => {
    const { body } = await rank();
    expect(body.targets[0]?.target).toMatchObject({ class: 'positive', space: 'probability' });
    expect(body.targets[0]?.attributions.map((one) => [one.rank, one.attribution, one.standardError])).toEqual([
      [1, -0.4, 0.004],
      [2, 0.3, 0.003],
      [3, -0.2, 0.002],
      [4, 0.1, 0.001],
    ]);
    expect(body.targets[0]?.attributions[0]?.feature).toMatchObject({ text: 'film.' });
  });

  it('answers the first topK and says how many are left', async () => {
    expect((await rank('?topK=3')).body.targets[0]).toMatchObject({ omitted: 1, attributions: [{ rank: 1 }, { rank: 2 }, { rank: 3 }] });
    expect((await rank('?topK=99')).body.targets[0]).toMatchObject({ omitted: 0 });
    for (const topK of ['0', '-1', '1.5', 'all', ''])
      expect((await gateway.refuse({ url: `/v1/explanations/${text.id}/attributions?topK=${topK}` })).body.code).toBe('FILTER_INVALID');
  });
});

describe('GET /v1/explanations/{id}/tensors/{name}', () => {
  it('answers NumPy and JSON', async () => {
    const npy = await gateway.call({ url: text.tensors[0]?.href ?? '' });
    expect(npy.headers['content-type']).toBe('application/octet-stream');
    expect(npy.bytes.subarray(0, 6).toString('latin1')).toBe('\x93NUMPY');
    expect(npy.bytes.subarray(-16)).toEqual(Buffer.from(Float32Array.of(1, 0.5, -0.25, 3).buffer));
    const json = await gateway.call({ url: `/v1/explanations/${text.id}/tensors/interactions?format=json` });
    expect(json.body).toEqual({ name: 'interactions', shape: [2, 2], dtype: 'f32', values: [1, 0.5, -0.25, 3] });
  });

  it('has none of another name, and no other format', async () => {
    expect((await gateway.refuse({ url: `/v1/explanations/${text.id}/tensors/attention` })).body).toMatchObject({
      status: 404,
      code: 'NOT_FOUND',
    });
    expect((await gateway.refuse({ url: `/v1/explanations/${text.id}/tensors/interactions?format=xml` })).body).toMatchObject({
      status: 400,
      code: 'FILTER_INVALID',
    });
  });

  it('sends no millions of numbers as JSON', async () => {
    const row = gateway.database.explanations.get(text.id);
    if (row === undefined) throw new Error('no row');
    gateway.database.explanations.set(text.id, { ...row, tensors: row.tensors.map((tensor) => ({ ...tensor, shape: [1001, 1000] })) });
    const { body } = await gateway.refuse({ url: `/v1/explanations/${text.id}/tensors/interactions?format=json` });
    gateway.database.explanations.set(text.id, row);
    expect(body).toMatchObject({ status: 400, code: 'FILTER_INVALID', remedy: 'Ask for format=npy.' });
  });
});

describe('GET /v1/explanations', () => {
  const list = async (query = '') =>
    (await gateway.call<Page<ExplanationSummary>>({ url: `/v1/explanations${query}` })).body.items.map((one) => one.id);

  it('finds explanations by what is known of them', async () => {
    expect(await list()).toEqual([table.id, text.id]);
    expect(await list('?model=income&version=1&method=toy-sampling&actor=local&predictedClass=positive')).toEqual([table.id]);
    expect(await list('?label.case=A-17')).toEqual([text.id]);
    expect(await list('?minConfidence=0.75')).toEqual([table.id, text.id]);
    expect(await list('?minConfidence=0.76')).toEqual([]);
    expect(await list('?predictedClass=negative')).toEqual([]);
    expect(await list(`?createdBefore=${table.createdAt}&createdAfter=2020-01-01T00:00:00Z`)).toEqual(
      table.createdAt === text.createdAt ? [] : [text.id],
    );
  });

  it('finds explanations by the words of their input, which are no patterns', async () => {
    expect(await list('?q=funny')).toEqual([text.id]);
    expect(await list('?q=FILM%20gripping')).toEqual([text.id]);
    expect(await list('?q=private')).toEqual([table.id]);
    expect(await list('?q=film&model=income')).toEqual([]);
    for (const nothing of ['funn', 'fun%', 'f_nny', 'film boring', "'; DROP TABLE explanation; --", 'gripping & !film x'])
      expect(await list(`?q=${encodeURIComponent(nothing)}`)).toEqual([]);
    for (const refused of ['', '%20', '%25_%26!', 'a'.repeat(257), 'a b c d e f g h i j k l m n o p q'.replaceAll(' ', '+'), 'film&q=x'])
      expect((await gateway.refuse({ url: `/v1/explanations?q=${refused}` })).body).toMatchObject({ status: 400, code: 'FILTER_INVALID' });
  });

  it('summarises without opening anything', async () => {
    const { body } = await gateway.call<Page<ExplanationSummary>>({ url: '/v1/explanations?pageSize=1' });
    expect(body.items[0]).toMatchObject({
      id: table.id,
      predictedClass: 'positive',
      confidence: 0.75,
      warningCodes: ['TOY'],
      href: `/v1/explanations/${table.id}`,
    });
    expect(JSON.stringify(body)).not.toContain('Private');
    expect(body.nextPageToken).not.toBeNull();
  });
});

describe('an erased explanation', () => {
  it('answers 410 wherever its payload was, and stays in the list', async () => {
    const erased = await explain({ subjectRef: 'patient 7' });
    gateway.keyStore.erase(gateway.database.explanations.get(erased.id)?.subjectKeyId ?? '');
    for (const rest of ['', '/attributions', '/canonical', '/tensors/interactions'])
      expect((await gateway.refuse({ url: `/v1/explanations/${erased.id}${rest}` })).body).toMatchObject({
        status: 410,
        code: 'PAYLOAD_ERASED',
      });
    expect((await gateway.call<Page<ExplanationSummary>>({ url: '/v1/explanations' })).body.items[0]?.id).toBe(erased.id);
  });
});
