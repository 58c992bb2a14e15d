import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ExplanationSummary } from '../explanations/explanation-answer.js';
import type { Page } from '../http/query/page.js';
import type { JobAnswer } from '../jobs/job-answer.js';
import { goodJob, startTestGateway, type TestGateway } from '../../test/start-test-gateway.js';
import type { RetentionAnswer, StorageAnswer } from './retention-answers.js';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.app.close());

const set = (body: unknown) => gateway.call<RetentionAnswer>({ method: 'PUT', url: '/v1/retention', body });

describe('/v1/retention', () => {
  it('keeps everything until a policy is set, and answers the policy that was set', async () => {
    expect((await gateway.call<RetentionAnswer>({ url: '/v1/retention' })).body).toEqual({
      ...{ rules: [], default: null, floorDays: 183, updatedAt: null, updatedBy: null, lastRun: null },
    });
    const rules = [
      { match: { label: { key: 'hold', value: 'yes' } }, keepDays: null },
      { match: { method: 'toy-shap', model: 'sentiment' }, keepDays: 183 },
    ];
    const { status, body } = await set({ rules, default: 3650 });
    expect([status, body]).toEqual([200, expect.objectContaining({ rules, default: 3650, updatedBy: 'local' })]);
    expect((await gateway.call<RetentionAnswer>({ url: '/v1/retention' })).body).toEqual(body);
    expect(gateway.database.leaves.at(-1)?.record).toMatchObject({ event: 'retention.set', facts: { rules, defaultDays: 3650 } });
  });

  it('refuses what is shorter than the floor, with the pointer of each', async () => {
    const { status, body } = await gateway.refuse({
      method: 'PUT',
      url: '/v1/retention',
      body: { rules: [{ match: {}, keepDays: 182 }], default: 1 },
    });
    expect([status, body.code, body.errors.map((one) => one.pointer)]).toEqual([
      422,
      'RETENTION_BELOW_FLOOR',
      ['/rules/0/keepDays', '/default'],
    ]);
  });

  it.each([
    { rules: [] },
    { rules: [{ match: {} }], default: null },
    { rules: [{ match: { model: '' }, keepDays: 400 }], default: null },
    { rules: [{ match: { label: { team: 'x' } }, keepDays: 400 }], default: null },
    { rules: [], default: 0 },
    { rules: [], default: 400.5 },
    { rules: Array.from({ length: 101 }, () => ({ match: {}, keepDays: 400 })), default: null },
  ])('refuses %j', async (body) => {
    expect((await gateway.refuse({ method: 'PUT', url: '/v1/retention', body })).status).toBe(422);
  });
});

describe('/v1/storage', () => {
  it('tells what is there', async () => {
    const { body } = await gateway.call<StorageAnswer>({ url: '/v1/storage' });
    expect(body).toMatchObject({ disk: { freeBytes: 1, totalBytes: 2 }, retention: { explanations: 0 } });
  });
});

describe('DELETE /v1/explanations/{id}', () => {
  it('leaves a record that says when and why, and does nothing twice', async () => {
    const { id: jobId } = (await gateway.call<JobAnswer>({ url: '/v1/jobs', body: goodJob })).body;
    await gateway.runJobs();
    const { explanationId } = (await gateway.call<JobAnswer>({ url: `/v1/jobs/${jobId}` })).body;
    const url = `/v1/explanations/${explanationId}`;
    expect((await gateway.call({ method: 'DELETE', url })).status).toBe(204);
    const leaves = gateway.database.leaves.length;
    expect((await gateway.call({ method: 'DELETE', url })).status).toBe(204);
    expect(gateway.database.leaves).toHaveLength(leaves);
    expect(gateway.database.leaves.at(-1)?.record).toMatchObject({
      event: 'erase',
      subject: jobId,
      facts: { explanationId, reason: 'request' },
    });
    for (const rest of ['', '/attributions', '/canonical', '/tensors/interactions']) {
      const { status, body } = await gateway.refuse({ url: url + rest });
      expect([status, body.code, body.detail]).toEqual([410, 'PAYLOAD_ERASED', expect.stringMatching(/destroyed on request at 20\d\d-/)]);
    }
    const [listed] = (await gateway.call<Page<ExplanationSummary>>({ url: '/v1/explanations' })).body.items;
    expect(listed).toMatchObject({ id: explanationId, searchable: 'none', erased: { reason: 'request' } });
    expect((await gateway.call<Page<ExplanationSummary>>({ url: '/v1/explanations?q=funny' })).body.items).toEqual([]);
  });

  it('knows nothing of an id that is absent', async () => {
    expect((await gateway.refuse({ method: 'DELETE', url: '/v1/explanations/0198c0de-0000-7000-8000-000000000000' })).status).toBe(404);
    expect((await gateway.refuse({ method: 'DELETE', url: '/v1/explanations/7' })).status).toBe(404);
  });
});
