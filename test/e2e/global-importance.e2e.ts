import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { Platform, type Json } from '../support/platform.js';

const request = {
  method: 'global-importance',
  model: { name: 'german-credit-logistic' },
  input: { dataset: 'german-credit-logistic', rows: [0, 300] },
  target: { class: 1, space: 'log-odds' },
  params: { local: { method: 'permutation-shap', params: { budget: 120 } }, sample: 40, rowsPerPart: 32 },
  seed: 3,
  cache: 'bypass',
  deadlineSeconds: 600,
};

let platform: Platform;
let undisturbed: Json;
beforeAll(async () => {
  platform = await Platform.start({ environment: { VITRINE_CHILDREN: '1' } });
  undisturbed = await platform.explain(request);
}, 240_000);
afterAll(async () => {
  await platform.stop();
}, 60_000);

async function submit(): Promise<string> {
  const answer = await platform.call('POST', '/v1/jobs', request);
  expect(answer.status).toBe(202);
  return String(answer.json()['id']);
}

/** Follows a job until parts of it are done, and not all. */
async function inTheMiddle(id: string): Promise<{ readonly done: number; readonly total: number }> {
  for (;;) {
    const job = (await platform.call('GET', `/v1/jobs/${id}`)).json();
    const { done, total } = job['progress'] as { done: number; total: number };
    if (job['state'] === 'SUCCEEDED' || done > 0.8 * total + 1) throw new Error(`too late to disturb: ${JSON.stringify(job)}`);
    if (total > 0 && done >= 0.2 * total) return { done, total };
    await pause(20);
  }
}

async function resultHash(id: string): Promise<unknown> {
  const job = await platform.finished(id);
  expect(job).toMatchObject({ state: 'SUCCEEDED' });
  return (await platform.call('GET', `/v1/explanations/${String(job['explanationId'])}`)).json()['resultHash'];
}

describe('a job over a data set', () => {
  it('says what it was made of, and counts no attempt for merging', async () => {
    const result = undisturbed['result'] as Json;
    expect(result['rows']).toEqual({ asked: 300, explained: 300, failed: [] });
    expect(result['sample'] as unknown[]).toHaveLength(40);
    const job = (await platform.call('GET', `/v1/jobs/${String(undisturbed['jobId'])}`)).json();
    expect(job).toMatchObject({ state: 'SUCCEEDED', attempt: 1 });
  });

  it('shows none of its parts among the jobs', async () => {
    const listed = (await platform.call('GET', '/v1/jobs?pageSize=200')).json()['items'] as Json[];
    expect(listed.map((job) => job['id'])).toEqual([undisturbed['jobId']]);
  });

  it('gives the same bytes after the process that runs it was killed half way', async () => {
    const id = await submit();
    const before = await inTheMiddle(id);
    const app = [...platform.apps.values()].find((one) => one.process.pid === platform.workerPid('global'));
    if (app === undefined) throw new Error('no app to kill');
    app.process.kill('SIGKILL');
    await app.exited;
    await platform.startApp(app.app);
    const after = (await platform.call('GET', `/v1/jobs/${id}`)).json();
    // What the parts had done stays done.
    expect((after['progress'] as { done: number }).done).toBeGreaterThanOrEqual(before.done);
    expect(after['attempt']).toBe(1);
    expect(await resultHash(id)).toBe(undisturbed['resultHash']);
  }, 240_000);

  it('stops at a cancel, with all its parts', async () => {
    const id = await submit();
    await inTheMiddle(id);
    expect((await platform.call('POST', `/v1/jobs/${id}/cancel`)).status).toBeLessThan(300);
    expect(await platform.finished(id)).toMatchObject({ state: 'CANCELLED' });
    expect((await platform.call('GET', `/v1/jobs/${id}`)).json()['explanationId'] ?? null).toBeNull();
  }, 120_000);

  it('gives the same bytes with eight children, and never goes back', async () => {
    await platform.end('SIGTERM');
    platform = await Platform.start({ resume: platform, environment: { VITRINE_CHILDREN: '8' } });
    const id = await submit();
    let last = 0;
    for (;;) {
      const job = (await platform.call('GET', `/v1/jobs/${id}`)).json();
      const { done } = job['progress'] as { done: number };
      expect(done).toBeGreaterThanOrEqual(last);
      last = done;
      if (['SUCCEEDED', 'FAILED'].includes(String(job['state']))) break;
      await pause(50);
    }
    expect(await resultHash(id)).toBe(undisturbed['resultHash']);
  }, 240_000);
});
