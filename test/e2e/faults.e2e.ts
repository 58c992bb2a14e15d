import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { descendants, Platform, processorTicks, type Json } from '../support/platform.js';

// Long enough to be caught in the middle on any machine: about ten seconds of forward passes.
const long = {
  method: 'kernel-shap',
  model: { name: 'sst2-minilm' },
  input: { text: Array.from({ length: 8 }, () => 'A slow and strangely tender film about loss and the sea').join(' ') },
  target: { class: 'positive', space: 'probability' },
  params: { players: 'words', budget: 1600 },
  seed: 5,
  cache: 'bypass',
  deadlineSeconds: 600,
};

let platform: Platform;
let undisturbed: Json;
beforeAll(async () => {
  platform = await Platform.start();
  undisturbed = await platform.explain(long);
}, 240_000);
afterAll(async () => {
  await platform.stop();
}, 60_000);

/** Waits until the job has done between 20 and 80 % of its evaluations. */
async function inTheMiddle(jobId: string): Promise<void> {
  for (;;) {
    const job = (await platform.call('GET', `/v1/jobs/${jobId}`)).json();
    const { done, total } = job['progress'] as { done: number; total: number };
    if (['SUCCEEDED', 'FAILED'].includes(String(job['state'])) || (total > 0 && done / total > 0.8))
      throw new Error(`too late to disturb: ${JSON.stringify(job)}`);
    if (total > 0 && done / total >= 0.2) return;
    await pause(20);
  }
}

async function busiestChild(parent: number): Promise<number> {
  const children = await descendants(parent);
  const before = await Promise.all(children.map(processorTicks));
  await pause(300);
  const after = await Promise.all(children.map(processorTicks));
  const spent = children.map((pid, index) => ({ pid, ticks: (after[index] ?? 0) - (before[index] ?? 0) }));
  const busiest = spent.sort((a, b) => b.ticks - a.ticks)[0];
  if (busiest === undefined || busiest.ticks === 0) throw new Error('no child is computing');
  return busiest.pid;
}

async function submit(): Promise<string> {
  const answer = await platform.call('POST', '/v1/jobs', long);
  expect(answer.status).toBe(202);
  return String(answer.json()['id']);
}

async function expectSucceededOnce(jobId: string): Promise<void> {
  const job = await platform.finished(jobId);
  expect(job).toMatchObject({ state: 'SUCCEEDED', attempt: 2 });
  const explanation = (await platform.call('GET', `/v1/explanations/${String(job['explanationId'])}`)).json();
  expect(explanation['resultHash']).toBe(undisturbed['resultHash']);
  const listed = (await platform.call('GET', '/v1/explanations?pageSize=200')).json()['items'] as Json[];
  expect(listed.filter((one) => one['jobId'] === jobId)).toHaveLength(1);
}

describe('a job of several seconds', () => {
  it('survives the death of its child process', async () => {
    const id = await submit();
    await inTheMiddle(id);
    process.kill(await busiestChild(platform.workerPid('shap')), 'SIGKILL');
    await expectSucceededOnce(id);
  }, 240_000);

  it('survives the death of the whole process that runs it', async () => {
    const id = await submit();
    await inTheMiddle(id);
    const pid = platform.workerPid('shap');
    const children = await descendants(pid);
    const app = [...platform.apps.values()].find((one) => one.process.pid === pid);
    if (app === undefined) throw new Error('no app to kill');
    app.process.kill('SIGKILL');
    await app.exited;
    await platform.startApp(app.app);
    await expectSucceededOnce(id);
    // No child of the dead process computes on: what is left of them is gone or was the database, which is adopted.
    for (const child of children) expect(await processorTicksWithin(child, 500)).toBeLessThan(10);
  }, 240_000);

  it('stops within two seconds of a cancel, and its child is gone', async () => {
    const id = await submit();
    await inTheMiddle(id);
    const child = await busiestChild(platform.workerPid('shap'));
    const asked = Date.now();
    const answer = await platform.call('POST', `/v1/jobs/${id}/cancel`);
    expect([200, 202]).toContain(answer.status);
    const job = await platform.finished(id);
    expect(job).toMatchObject({ state: 'CANCELLED' });
    expect(job['explanationId'] ?? null).toBeNull();
    expect(await isAlive(child)).toBe(false);
    expect(Date.now() - asked).toBeLessThan(2000);
    expect((await platform.call('POST', `/v1/jobs/${id}/cancel`)).status).toBe(200);
  }, 60_000);

  it('is cancelled at once while it waits', async () => {
    const ids = [await submit(), await submit(), await submit(), await submit()];
    const last = ids.at(-1) ?? '';
    expect((await platform.call('POST', `/v1/jobs/${last}/cancel`)).json()).toMatchObject({ state: 'CANCELLED' });
    for (const id of ids.slice(0, -1)) await platform.call('POST', `/v1/jobs/${id}/cancel`);
    for (const id of ids) expect(await platform.finished(id)).toMatchObject({ state: 'CANCELLED' });
  }, 60_000);

  it('fails at its deadline, and its child is gone', async () => {
    const answer = await platform.call('POST', '/v1/jobs', { ...long, deadlineSeconds: 3 });
    const job = await platform.finished(String(answer.json()['id']));
    expect(job).toMatchObject({ state: 'FAILED', error: { code: 'DEADLINE_EXCEEDED' } });
    expect((job['error'] as Json)['remedy']).toEqual(expect.any(String));
  }, 60_000);

  it('refuses to cancel what has ended', async () => {
    const answer = await platform.call('POST', `/v1/jobs/${String(undisturbed['jobId'])}/cancel`);
    expect(answer.status).toBe(409);
    expect(answer.json()).toMatchObject({ code: 'JOB_TERMINAL' });
  });
});

async function isAlive(pid: number): Promise<boolean> {
  const one = await processorTicks(pid);
  return one > 0;
}

async function processorTicksWithin(pid: number, milliseconds: number): Promise<number> {
  const before = await processorTicks(pid);
  await pause(milliseconds);
  return (await processorTicks(pid)) - before;
}
