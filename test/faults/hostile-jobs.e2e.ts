import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { explanationsOf, submit, toyJob, writeToyModels } from '../support/fault-jobs.js';
import { descendants, Platform, processorTicks } from '../support/platform.js';

let models: string;
let platform: Platform;
beforeAll(async () => {
  models = await mkdtemp(join(tmpdir(), 'vitrine-models-'));
  await writeToyModels(models);
  platform = await Platform.start({
    shape: 'embedded',
    environment: { VITRINE_MODELS: models, VITRINE_CHILDREN: '2', VITRINE_CHILD_MEMORY_MB: '600' },
  });
}, 240_000);
afterAll(async () => {
  await platform.stop();
  await rm(models, { recursive: true, force: true });
}, 60_000);

async function ticksOfChildren(): Promise<number> {
  const ticks = await Promise.all((await descendants(platform.workerPid('shap'))).map(processorTicks));
  return ticks.reduce((sum, one) => sum + one, 0);
}

describe.each([
  ...(process.arch === 'x64' ? ([['F16', 'crash', 'MODEL_CRASHED', 2, {}]] as const) : []),
  ['F17', 'loop', 'DEADLINE_EXCEEDED', 1, { deadlineSeconds: 3 }] as const,
  ['F18', 'bomb', 'RESOURCE_LIMIT', 1, {}] as const,
])('%s: a model that ends as %s', (_number, model, code, attempts, more) => {
  it(`fails as ${code}, and the jobs beside it succeed`, async () => {
    const poison = await submit(platform, toyJob(model, 1, more));
    const others = await Promise.all(Array.from({ length: 20 }, () => submit(platform, toyJob('calm', 0))));
    expect(await platform.finished(poison)).toMatchObject({
      state: 'FAILED',
      attempt: attempts,
      error: { code, remedy: expect.any(String) },
    });
    for (const id of others) expect(await platform.finished(id)).toMatchObject({ state: 'SUCCEEDED', attempt: 1 });
    expect(await explanationsOf(platform, poison)).toHaveLength(0);
    // What ran it is gone: nobody computes on for nobody.
    await pause(500);
    const before = await ticksOfChildren();
    await pause(1000);
    expect((await ticksOfChildren()) - before).toBeLessThan(50);
    expect((await platform.call('GET', '/readyz')).status).toBe(200);
  }, 240_000);
});

describe('F19: a cancel that comes when the job is about to end', () => {
  it('leaves exactly one of the two: a result, or CANCELLED and no result', async () => {
    const outcomes = new Map<string, number>();
    const startedAt = performance.now();
    await platform.explain(toyJob('calm', 0));
    const usualMs = performance.now() - startedAt;
    for (let round = 0; round < 30; round++) {
      const id = await submit(platform, toyJob('calm', 0));
      await pause((usualMs * round) / 20);
      const answer = await platform.call('POST', `/v1/jobs/${id}/cancel`);
      expect([200, 202, 409]).toContain(answer.status);
      const { state } = await platform.finished(id);
      expect(answer.status === 409 ? 'SUCCEEDED' : 'CANCELLED').toBe(state);
      expect(await explanationsOf(platform, id)).toHaveLength(state === 'SUCCEEDED' ? 1 : 0);
      const again = await platform.call('POST', `/v1/jobs/${id}/cancel`);
      expect(again.status).toBe(state === 'SUCCEEDED' ? 409 : 200);
      outcomes.set(String(state), (outcomes.get(String(state)) ?? 0) + 1);
    }
    process.stderr.write(`F19: ${JSON.stringify(Object.fromEntries(outcomes))}\n`);
  }, 240_000);
});
