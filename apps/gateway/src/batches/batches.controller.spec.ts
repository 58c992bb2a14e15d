import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Page } from '../http/query/page.js';
import { startTestGateway, type TestGateway } from '../../test/start-test-gateway.js';
import type { BatchAnswer, BatchItemAnswer, SubmittedBatchAnswer } from './batch-answer.js';

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startTestGateway();
});
afterEach(() => gateway.app.close());

const shared = { method: 'toy-shap', model: { name: 'sentiment' } };
const texts = (count: number) => Array.from({ length: count }, (_item, index) => ({ text: `Film number ${index}.` }));
const submit = (body: object, headers: Record<string, string> = {}) =>
  gateway.call<SubmittedBatchAnswer>({ url: '/v1/batches', body: { ...shared, ...body }, headers });
const read = async (id: string) => (await gateway.call<BatchAnswer>({ url: `/v1/batches/${id}` })).body;
const items = async (id: string, query = '') =>
  (await gateway.call<Page<BatchItemAnswer>>({ url: `/v1/batches/${id}/items${query}` })).body;

describe('POST /v1/batches', () => {
  it('makes a job of every input, which share what the batch says', async () => {
    const { status, headers, body } = await submit({ inputs: texts(3), labels: { case: 'b' }, priority: 'low', seed: 9 });
    expect([status, headers.location]).toEqual([202, `/v1/batches/${body.id}`]);
    expect(body).toMatchObject({ state: 'QUEUED', n: 3, refused: 0, counts: { QUEUED: 3, RUNNING: 0 }, labels: { case: 'b' } });
    expect(body.items.map((item) => item.index)).toEqual([0, 1, 2]);
    await gateway.runJobs();
    expect(await read(body.id)).toMatchObject({
      state: 'FINISHED',
      n: 3,
      counts: { QUEUED: 0, SUCCEEDED: 3 },
      finishedAt: expect.any(String),
    });
    const jobs = (await items(body.id)).items.flatMap((item) => ('job' in item ? [item.job] : []));
    expect(jobs.map((job) => [job.batchId, job.batchItem, job.priority, job.seed, job.labels])).toEqual(
      [0, 1, 2].map((index) => [body.id, index, 'low', 9, { case: 'b' }]),
    );
    const explanation = await gateway.call({ url: `/v1/explanations/${jobs[2]?.explanationId ?? ''}` });
    expect(explanation.body).toMatchObject({ input: { text: 'Film number 2.' } });
  });

  it('lets an item have a seed and labels of its own', async () => {
    const { body } = await submit({
      seed: 9,
      labels: { case: 'b', source: 'all' },
      items: [{ input: { text: 'One.' }, seed: 4, labels: { source: 'one' } }, { input: { text: 'Two.' } }],
    });
    const jobs = (await items(body.id)).items.flatMap((item) => ('job' in item ? [item.job] : []));
    expect(jobs.map((job) => [job.seed, job.labels])).toEqual([
      [4, { case: 'b', source: 'one' }],
      [9, { case: 'b', source: 'all' }],
    ]);
  });

  it('refuses an item alone, and keeps why', async () => {
    const { status, body } = await submit({
      items: [
        { input: { text: 'Good.' } },
        { input: { txt: 'Bad.' } },
        7,
        { input: { text: 'Good.' }, colour: 'red' },
        { input: { text: 'Good.' } },
      ],
    });
    expect([status, body.n, body.refused, body.counts]).toMatchObject([202, 5, 3, { QUEUED: 2 }]);
    const refused = body.items.flatMap((item) => ('error' in item ? [[item.index, ...item.error.errors.map((one) => one.pointer)]] : []));
    expect(refused).toEqual([
      [1, expect.stringMatching(/^\/items\/1\/input/), expect.stringMatching(/^\/items\/1\/input/)].slice(0, refused[0]?.length),
      [2, '/items/2'],
      [3, '/items/3/colour'],
    ]);
    const all = (await items(body.id)).items;
    expect(all.map((item) => [item.index, 'error' in item])).toEqual([
      [0, false],
      [1, true],
      [2, true],
      [3, true],
      [4, false],
    ]);
    expect(all.filter((item) => 'error' in item)).toEqual(body.items.filter((item) => 'error' in item));
    expect(JSON.stringify([...gateway.database.batches.values()].map((row) => row.order.refusals))).not.toContain('colour');
  });

  it.each(['a\0', '\ud800'])('refuses an item alone whose text %j cannot be stored', async (text) => {
    const errorsOf = (items: SubmittedBatchAnswer['items']) =>
      items.map((item) => ('error' in item ? [item.error.code, ...item.error.errors.map(({ pointer }) => pointer)] : []));
    const inputs = await submit({ inputs: [{ text: 'ok' }, { text }] }, { 'idempotency-key': 'unstorable' });
    expect([inputs.status, errorsOf(inputs.body.items)]).toEqual([202, [[], ['TEXT_INVALID', '/inputs/1/text']]]);
    const labelled = await submit({ items: [{ input: { text: 'ok' }, labels: { case: text } }, { input: { text: 'ok' } }] });
    expect([labelled.status, errorsOf(labelled.body.items)]).toEqual([202, [['TEXT_INVALID', '/items/0/labels/case'], []]]);
    const shared = await gateway.refuse({
      url: '/v1/batches',
      body: { method: 'toy-shap', model: { name: 'sentiment' }, labels: { case: text }, inputs: texts(1) },
    });
    expect(shared.body).toMatchObject({ status: 422, code: 'TEXT_INVALID', errors: [{ pointer: '/labels/case' }] });
  });

  it('is refused where nothing can be run', async () => {
    const refuse = async (body: object) => (await gateway.refuse({ url: '/v1/batches', body: { ...shared, ...body } })).body;
    expect(await refuse({ inputs: [{ txt: 'a' }, { txt: 'b' }] })).toMatchObject({ status: 422, code: 'BATCH_REFUSED' });
    expect(await refuse({ inputs: texts(2), params: { budget: 0 } })).toMatchObject({
      status: 422,
      errors: [{ pointer: '/params/budget' }],
    });
    expect(await refuse({ inputs: texts(2), model: { name: 'none' } })).toMatchObject({ status: 422, code: 'MODEL_UNKNOWN' });
    expect(await refuse({ inputs: [] })).toMatchObject({ status: 422 });
    expect(await refuse({ inputs: texts(1001) })).toMatchObject({ status: 422 });
    expect(await refuse({})).toMatchObject({ status: 422 });
    expect(await refuse({ inputs: texts(1), items: [{ input: { text: 'a' } }] })).toMatchObject({ status: 422 });
    expect(gateway.database.jobs.size).toBe(0);
  });

  it('acts once under its key, whose kept answer tells of every item', async () => {
    const [first, again] = [
      await submit({ inputs: [...texts(2), 3] }, { 'idempotency-key': 'b' }),
      await submit({ inputs: [...texts(2), 3] }, { 'idempotency-key': 'b' }),
    ];
    expect(again.text).toBe(first.text);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(gateway.database.jobs.size).toBe(2);
  });

  it('takes a body above the limit of other routes', async () => {
    const inputs = Array.from({ length: 3 }, () => ({ text: 'a film '.repeat(70_000) }));
    expect((await submit({ inputs })).status).toBe(202);
    expect((await gateway.refuse({ url: '/v1/jobs', body: { ...shared, input: { text: 'a film '.repeat(200_000) } } })).status).toBe(413);
    expect((await submit({ inputs: [...inputs, { text: 'a'.repeat(8 * 2 ** 20) }] })).status).toBe(413);
  });
});

describe('the lists of batches', () => {
  it('page through items in their order and filter them by state', async () => {
    const { body } = await submit({ inputs: [...texts(4), 0, ...texts(2)] });
    const seen: number[] = [];
    for (let query: string | null = '?pageSize=3'; query !== null;) {
      const page: Page<BatchItemAnswer> = await items(body.id, query);
      seen.push(...page.items.map((item) => item.index));
      query = page.nextPageToken === null ? null : `?pageSize=3&pageToken=${page.nextPageToken}`;
    }
    expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect((await items(body.id, '?state=REFUSED')).items.map((item) => item.index)).toEqual([4]);
    expect((await items(body.id, '?state=QUEUED')).items.map((item) => item.index)).toEqual([0, 1, 2, 3, 5, 6]);
    expect((await items(body.id, '?state=FAILED')).items).toEqual([]);
  });

  it('have batches newest first, by filter', async () => {
    const one = (await submit({ inputs: texts(1), labels: { case: 'x' } })).body.id;
    const two = (await submit({ inputs: texts(1) })).body.id;
    const list = async (query: string) =>
      (await gateway.call<Page<BatchAnswer>>({ url: `/v1/batches${query}` })).body.items.map((batch) => batch.id);
    expect(await list('')).toEqual([two, one]);
    expect(await list('?label.case=x')).toEqual([one]);
    expect(await list('?model=none')).toEqual([]);
    expect((await gateway.call({ url: '/v1/batches/0192f0c8-0000-7000-8000-000000000000' })).status).toBe(404);
  });
});

describe('POST /v1/batches/{id}/cancel', () => {
  const cancel = (id: string) => gateway.call<BatchAnswer>({ method: 'POST', url: `/v1/batches/${id}/cancel` });

  it('ends what waits, and says so again', async () => {
    const { id } = (await submit({ inputs: texts(3) })).body;
    for (let time = 0; time < 2; time += 1) {
      const { status, body } = await cancel(id);
      expect([status, body.state, body.counts['CANCELLED']]).toEqual([200, 'FINISHED', 3]);
    }
    expect(gateway.database.leaves.filter((leaf) => leaf.record.event === 'cancel')).toHaveLength(3);
  });

  it('is refused once every job has ended by itself', async () => {
    const { id } = (await submit({ inputs: texts(2) })).body;
    await gateway.runJobs();
    expect((await cancel(id)).body).toMatchObject({ status: 409, code: 'BATCH_FINISHED' });
  });
});
