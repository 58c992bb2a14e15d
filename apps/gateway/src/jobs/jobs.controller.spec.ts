import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { StoreUnavailable } from '#jobs';
import type { Page } from '../http/query/page.js';
import { goodJob, startTestGateway, type TestGateway } from '../../test/start-test-gateway.js';
import type { Answer } from '../../test/send-request.js';
import type { JobAnswer } from './job-answer.js';
import type { PlanAnswer } from './plan-answer.js';

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startTestGateway();
});
afterEach(() => gateway.app.close());

const submit = (body: object = {}, headers: Record<string, string> = {}) =>
  gateway.call<JobAnswer>({ url: '/v1/jobs', body: { ...goodJob, ...body }, headers });

describe('POST /v1/jobs', () => {
  it('accepts a job and says where it is', async () => {
    const { status, headers, body } = await submit({ labels: { case: 'A-17' } });
    expect(status).toBe(202);
    expect(headers).toMatchObject({ location: `/v1/jobs/${body.id}`, 'retry-after': '1' });
    expect(headers['preference-applied']).toBeUndefined();
    expect(body).toMatchObject({
      state: 'QUEUED',
      method: 'toy-shap',
      labels: { case: 'A-17' },
      actor: 'local',
      attempt: 0,
      progress: { unit: 'evaluations' },
    });
    expect(body).not.toHaveProperty('explanationId');
    expect(body).not.toHaveProperty('error');
  });

  it('keeps the request id in the audit trail', async () => {
    await submit({}, { 'x-request-id': 'trace-7' });
    expect(gateway.database.leaves[0]?.record).toMatchObject({ event: 'submit', who: { requestId: 'trace-7' } });
  });

  it('waits for the end when asked to, woken by a notice', async () => {
    const answer = submit({}, { prefer: 'wait=30' });
    await waitUntil(() => gateway.notices.listening > 0);
    await gateway.runJobs();
    const { status, headers, body } = await answer;
    expect(status).toBe(201);
    expect(headers).toMatchObject({ 'preference-applied': 'wait=30', location: `/v1/jobs/${body.id}` });
    expect(headers['retry-after']).toBeUndefined();
    expect(body).toMatchObject({ state: 'SUCCEEDED', explanationId: expect.any(String) });
    expect(gateway.notices.listening).toBe(0);
  });

  it('sees the end by itself when the notice is lost', async () => {
    gateway.notices.lose = true;
    const answer = submit({}, { prefer: 'wait=30' });
    await waitUntil(() => gateway.database.jobs.size > 0);
    await gateway.runJobs();
    expect((await answer).status).toBe(201);
  });

  it('answers 202 with the state reached when the time is over', async () => {
    const { status, headers, body } = await submit({}, { prefer: 'wait=0' });
    expect([status, body.state]).toEqual([202, 'QUEUED']);
    expect(headers).toMatchObject({ 'preference-applied': 'wait=0', 'retry-after': '1' });
  });

  it('waits through a moment without a database: the job was accepted', async () => {
    const answer = submit({}, { prefer: 'wait=30' });
    await waitUntil(() => gateway.notices.listening > 0);
    gateway.database.failure = new StoreUnavailable(new Error('connect ECONNREFUSED'));
    gateway.notices.notifyJob([...gateway.database.jobs.keys()][0] ?? '', true);
    await pause(50);
    gateway.database.failure = null;
    await gateway.runJobs();
    expect((await answer).status).toBe(201);
  });

  it('stops waiting when the client goes away', async () => {
    const abort = new AbortController();
    const headers = { 'content-type': 'application/json', prefer: 'wait=30' };
    const answer = fetch(`http://127.0.0.1:${gateway.port}/v1/jobs`, {
      method: 'POST',
      body: JSON.stringify(goodJob),
      headers,
      signal: abort.signal,
    });
    await waitUntil(() => gateway.notices.listening > 0);
    abort.abort();
    await expect(answer).rejects.toThrow();
    await waitUntil(() => gateway.notices.listening === 0);
  });

  it('lets those who wait go when the process stops', async () => {
    const answer = submit({}, { prefer: 'wait=30' });
    await waitUntil(() => gateway.notices.listening > 0);
    await gateway.app.close();
    expect((await answer).status).toBe(202);
  });

  it('shows what a run would do, and runs nothing', async () => {
    const { status, body } = await gateway.call<PlanAnswer>({
      url: '/v1/jobs',
      body: { ...goodJob, validateOnly: true, deadlineSeconds: 5 },
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      valid: true,
      estimatedEvaluations: 64,
      modelRows: 64,
      warnings: [{ code: 'TOY', message: expect.any(String) }],
    });
    expect(body.features[1]).toEqual({ text: 'gripping,', span: [2, 11], tokens: [2] });
    expect(gateway.database.jobs.size).toBe(0);
    expect(gateway.runner.planned[0]).toMatchObject({
      method: 'toy-shap',
      model: { folder: '/nowhere/sentiment', files: [{ name: 'model.onnx' }] },
      request: { seed: 7 },
    });
  });
});

describe('GET /v1/jobs', () => {
  it('pages newest first, and every job comes once', async () => {
    const made: string[] = [];
    for (let index = 0; index < 7; index += 1) made.push((await submit({ labels: { parity: index % 2 === 0 ? 'even' : 'odd' } })).body.id);
    const seen: string[] = [];
    let url: string | null = '/v1/jobs?pageSize=3';
    while (url !== null) {
      const { body, headers }: Answer<Page<JobAnswer>> = await gateway.call<Page<JobAnswer>>({ url });
      seen.push(...body.items.map((job) => job.id));
      const link: string | null = /^<([^>]+)>; rel="next"$/.exec(String(headers['link']))?.[1] ?? null;
      expect(body.nextPageToken === null).toBe(link === null);
      if (link !== null) expect(new URLSearchParams(link.split('?')[1]).get('pageToken')).toBe(body.nextPageToken);
      url = link;
    }
    expect(seen).toEqual(made.reverse());
  });

  it('filters by state, method, model, label and time', async () => {
    const first = (await submit({ labels: { case: 'A' } })).body;
    await gateway.runJobs();
    await pause(5);
    const second = (
      await submit({
        method: 'toy-sampling',
        model: { name: 'income' },
        input: { features: { age: 39 } },
        params: { players: 'columns' },
        labels: { case: 'B', 'a.b': 'c d' },
      })
    ).body;
    const list = async (query: string) =>
      (await gateway.call<Page<JobAnswer>>({ url: `/v1/jobs?${query}` })).body.items.map((job) => job.id);
    expect(await list('state=SUCCEEDED')).toEqual([first.id]);
    expect(await list('state=QUEUED')).toEqual([second.id]);
    expect(await list('method=toy-sampling')).toEqual([second.id]);
    expect(await list('model=sentiment')).toEqual([first.id]);
    expect(await list('label.case=A')).toEqual([first.id]);
    expect(await list('label.case=B&label.a.b=c%20d')).toEqual([second.id]);
    expect(await list('label.case=A&label.case2=x')).toEqual([]);
    expect(await list('label.__proto__=x')).toEqual([]);
    expect(await list(`createdAfter=${encodeURIComponent(first.createdAt)}`)).toEqual([second.id]);
    expect(await list('createdAfter=2000-01-01T00:00:00%2B05:30')).toEqual([second.id, first.id]);
    expect(await list('model=%27;%20DROP%20TABLE%20job;--')).toEqual([]);
    expect(await list('model=%25&method=_')).toEqual([]);
  });

  it('reads a larger page size as the largest', async () => {
    await submit();
    for (const size of ['201', '1000000000', '1e9'])
      expect((await gateway.call<Page<JobAnswer>>({ url: `/v1/jobs?pageSize=${size}` })).body.items).toHaveLength(1);
  });

  it('opens a page token only in the list it was issued for, with the same filters', async () => {
    for (let index = 0; index < 2; index += 1) await submit();
    const { body } = await gateway.call<Page<JobAnswer>>({ url: '/v1/jobs?state=QUEUED&model=sentiment&pageSize=1' });
    const token = body.nextPageToken ?? '';
    const unfiltered = (await gateway.call<Page<JobAnswer>>({ url: '/v1/jobs?pageSize=1' })).body.nextPageToken ?? '';
    expect((await gateway.call({ url: `/v1/jobs?model=sentiment&pageToken=${token}&state=QUEUED&pageSize=5` })).status).toBe(200);
    const flipped = `${token.slice(0, -2)}${token.at(-2) === 'A' ? 'B' : 'A'}${token.slice(-1)}`;
    for (const url of [
      `/v1/jobs?state=QUEUED&pageToken=${token}`,
      `/v1/jobs?pageToken=${token}`,
      `/v1/explanations?pageToken=${unfiltered}`,
      `/v1/jobs?state=QUEUED&model=sentiment&pageToken=${flipped}`,
      '/v1/jobs?pageToken=AAAA',
      '/v1/jobs?pageToken=',
    ])
      expect((await gateway.refuse({ url })).body).toMatchObject({ status: 400, code: 'PAGE_TOKEN_INVALID' });
  });
});

describe('GET /v1/jobs/{id}', () => {
  it('answers the job, and when to ask again while it runs', async () => {
    const { id } = (await submit()).body;
    expect((await gateway.call({ url: `/v1/jobs/${id}` })).headers['retry-after']).toBe('1');
    await gateway.runJobs();
    const { status, headers, body } = await gateway.call<JobAnswer>({ url: `/v1/jobs/${id.toUpperCase()}` });
    expect([status, body.state, body.attempt]).toEqual([200, 'SUCCEEDED', 1]);
    expect(headers['retry-after']).toBeUndefined();
  });

  it('says the same of an absent id and of what is no id', async () => {
    const absent = await gateway.refuse({ url: '/v1/jobs/00000000-0000-0000-0000-000000000000', headers: { 'x-request-id': 'same' } });
    for (const id of ['x', '..%2f..%2fetc%2fpasswd', '1', '%00', "'%20OR%201=1"]) {
      const other = await gateway.refuse({ url: `/v1/jobs/${id}`, headers: { 'x-request-id': 'same' } });
      expect({ ...other.body, instance: null }).toEqual({ ...absent.body, instance: null });
    }
  });

  it('shows a fault of the run as a problem', async () => {
    const { id } = (await submit()).body;
    await gateway.models.addVersion(
      { tenant: 'default' },
      { model: 'gone', version: '1', location: 'bundled:x', sha256: null, files: [], outcome: { state: 'REJECTED', reasons: [] } },
    );
    const row = gateway.database.jobs.get(id);
    if (row !== undefined) gateway.database.jobs.set(id, { ...row, order: { ...row.order, model: { ...row.order.model, name: 'gone' } } });
    await gateway.runJobs();
    const { body } = await gateway.call<JobAnswer>({ url: `/v1/jobs/${id}` });
    expect(body).toMatchObject({
      state: 'FAILED',
      error: { code: 'MODEL_NOT_ACTIVE', instance: `/v1/jobs/${id}`, remedy: expect.any(String) },
    });
  });
});

describe('POST /v1/jobs/{id}/cancel', () => {
  const cancel = (id: string, body?: unknown) =>
    gateway.call<JobAnswer>({ method: 'POST', url: `/v1/jobs/${id}/cancel`, ...(body === undefined ? {} : { body }) });

  it('ends a waiting job at once, as often as it is asked', async () => {
    const { id } = (await submit()).body;
    for (let time = 0; time < 2; time += 1) {
      const { status, body, headers } = await cancel(id);
      expect([status, body.state, headers['retry-after']]).toEqual([200, 'CANCELLED', undefined]);
    }
  });

  it('asks a running job to stop', async () => {
    const { id } = (await submit()).body;
    const row = gateway.database.jobs.get(id);
    if (row !== undefined) row.job = { ...row.job, state: 'RUNNING', startedAt: new Date() };
    const { status, body, headers } = await cancel(id, {});
    expect([status, body.state, headers['retry-after']]).toEqual([202, 'CANCELLING', '1']);
    expect((await cancel(id)).status).toBe(202);
  });

  it('refuses to cancel what has ended otherwise', async () => {
    const { id } = (await submit()).body;
    await gateway.runJobs();
    expect((await gateway.refuse({ method: 'POST', url: `/v1/jobs/${id}/cancel` })).body).toMatchObject({
      status: 409,
      code: 'JOB_TERMINAL',
      detail: 'the job is SUCCEEDED',
    });
  });

  it('wants no body', async () => {
    const { id } = (await submit()).body;
    expect((await gateway.refuse({ url: `/v1/jobs/${id}/cancel`, body: { state: 'SUCCEEDED' } })).body).toMatchObject({
      status: 422,
      code: 'FIELD_UNKNOWN',
    });
    expect(
      (await gateway.call({ method: 'POST', url: `/v1/jobs/${id}/cancel`, headers: { 'content-type': 'application/json' } })).status,
    ).toBe(200);
  });
});

describe('POST /v1/jobs/{id}/retry', () => {
  const retry = (id: string, headers: Record<string, string> = {}) =>
    gateway.call<JobAnswer>({ method: 'POST', url: `/v1/jobs/${id}/retry`, headers });
  const cancelled = async () => {
    const { id } = (await submit({ labels: { case: 'r' }, priority: 'low', deadlineSeconds: 77 })).body;
    await gateway.call({ method: 'POST', url: `/v1/jobs/${id}/cancel` });
    return id;
  };

  it('makes a new job of the stored request', async () => {
    const id = await cancelled();
    const { status, headers, body } = await retry(id);
    expect([status, headers.location, headers['retry-after']]).toEqual([201, `/v1/jobs/${body.id}`, '1']);
    const former = (await gateway.call<JobAnswer>({ url: `/v1/jobs/${id}` })).body;
    const { id: _id, retryOf, createdAt, deadlineAt, state, finishedAt, progress, ...same } = body;
    expect(former).toMatchObject(same);
    expect([retryOf, state, finishedAt, progress.phase]).toEqual([id, 'QUEUED', null, 'queued']);
    expect(Date.parse(deadlineAt) - Date.parse(createdAt)).toBe(77_000);
    expect(gateway.database.leaves.at(-1)?.record).toMatchObject({ event: 'retry', subject: body.id, facts: { retryOf: id, seed: 7 } });
    await gateway.runJobs();
    const done = (await gateway.call<JobAnswer>({ url: `/v1/jobs/${body.id}` })).body;
    expect(done.state).toBe('SUCCEEDED');
    expect((await gateway.call({ url: `/v1/explanations/${done.explanationId ?? ''}` })).body).toMatchObject({
      seed: 7,
      input: goodJob.input,
    });
  });

  it('acts once under its key, which means another request at another job', async () => {
    const [one, other] = [await cancelled(), await cancelled()];
    const first = await retry(one, { 'idempotency-key': 'k' });
    expect((await retry(one, { 'idempotency-key': 'k' })).text).toBe(first.text);
    expect((await retry(other, { 'idempotency-key': 'k' })).body).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
  });

  it('is refused for a job that still runs, has a result, was erased, or is not there', async () => {
    const { id } = (await submit()).body;
    expect((await retry(id)).body).toMatchObject({ status: 409, code: 'JOB_NOT_RETRYABLE', detail: 'the job is QUEUED' });
    await gateway.runJobs();
    expect((await retry(id)).body).toMatchObject({ status: 409, detail: 'the job is SUCCEEDED' });
    const erased = await cancelled();
    gateway.keyStore.erase(gateway.database.jobs.get(erased)?.order.subjectKeyId ?? '');
    expect((await retry(erased)).body).toMatchObject({ status: 410, code: 'PAYLOAD_ERASED' });
    expect((await retry('01890000-0000-7000-8000-000000000000')).status).toBe(404);
  });
});

async function waitUntil(isSo: () => boolean): Promise<void> {
  while (!isSo()) await pause(2);
}
