import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { StoreUnavailable } from '#jobs';
import { goodJob, startTestGateway, type TestGateway } from '../../test/start-test-gateway.js';
import type { JobAnswer } from '../jobs/job-answer.js';

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startTestGateway();
});
afterEach(() => gateway.app.close());

const post = (key: string, body: object = goodJob, headers: Record<string, string> = {}) =>
  gateway.call<JobAnswer>({ url: '/v1/jobs', body, headers: { 'idempotency-key': key, ...headers } });

describe('an Idempotency-Key', () => {
  it('gives the same answer again, whatever the order of members and whatever became of the job', async () => {
    const first = await post('k');
    await gateway.runJobs();
    const again = await post('k', Object.fromEntries(Object.entries(goodJob).reverse()));
    expect([again.status, again.text, again.headers.location]).toEqual([first.status, first.text, first.headers.location]);
    expect([first.headers['idempotency-replayed'], again.headers['idempotency-replayed']]).toEqual([undefined, 'true']);
    expect(gateway.database.jobs.size).toBe(1);
  });

  it('makes one job of fifty posts at once, and every answer is the same', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => post('k')));
    expect(new Set(answers.map((one) => one.text)).size).toBe(1);
    expect(new Set(answers.map((one) => one.status))).toEqual(new Set([202]));
    expect(answers.filter((one) => one.headers['idempotency-replayed'] === undefined)).toHaveLength(1);
    expect(gateway.database.jobs.size).toBe(1);
  });

  it('is refused with another body', async () => {
    await post('k');
    const { status, body } = await gateway.refuse({ url: '/v1/jobs', body: { ...goodJob, seed: 8 }, headers: { 'idempotency-key': 'k' } });
    expect([status, body.code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
    expect(gateway.database.jobs.size).toBe(1);
  });

  it('is not taken by a request that was refused before anything was made', async () => {
    gateway.database.failure = new StoreUnavailable('gone');
    expect((await post('k')).status).toBe(503);
    gateway.database.failure = null;
    expect((await post('k', { ...goodJob, method: 'none' })).status).toBe(422);
    expect((await post('k', { ...goodJob, validateOnly: true })).status).toBe(200);
    expect((await post('k')).headers['idempotency-replayed']).toBeUndefined();
  });

  it('lets a repeated request wait for the end of the same job', async () => {
    const first = await post('k');
    await gateway.runJobs();
    const again = await post('k', goodJob, { prefer: 'wait=30' });
    expect([again.status, again.body.id, again.body.state]).toEqual([201, first.body.id, 'SUCCEEDED']);
    expect(again.headers).toMatchObject({ 'idempotency-replayed': 'true', 'preference-applied': 'wait=30' });
    expect(again.headers['retry-after']).toBeUndefined();
  });

  it('has one to 255 printable characters and comes once', async () => {
    for (const key of ['', 'é', 'a\tb', 'x'.repeat(256)]) expect([key, (await post(key)).status]).toEqual([key, 400]);
    expect((await post('x'.repeat(255))).status).toBe(202);
  });

  it('keeps nothing readable of the answer', async () => {
    await post('k', { ...goodJob, labels: { case: 'needle' } });
    const [answer] = gateway.database.answers.values();
    expect(Buffer.from(answer?.kept.ciphertext ?? []).includes('needle')).toBe(false);
  });
});
