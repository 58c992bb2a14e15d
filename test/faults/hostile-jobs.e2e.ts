import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { followEvents } from '../../apps/gateway/test/follow-events.js';
import { Endings } from '../support/endings.js';
import { crashing, explanationsOf, submit, toyJob, writeToyModels } from '../support/fault-jobs.js';
import { descendants, Platform, processorTicks } from '../support/platform.js';

const endings = new Endings();
let platform: Platform;
beforeAll(async () => {
  const models = await endings.keep(mkdtemp(join(tmpdir(), 'vitrine-models-')), (folder) => rm(folder, { recursive: true }));
  await writeToyModels(models);
  const environment = { VITRINE_MODELS: models, VITRINE_CHILDREN: '2', VITRINE_CHILD_MEMORY_MB: '600', FAST_LEASES: '1' };
  platform = await endings.keep(Platform.start({ shape: 'embedded', entry: crashing, environment }), (one) => one.stop());
}, 240_000);
afterAll(() => endings.run(), 60_000);

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
    // A child that takes its place computes too while it starts.
    let before: number;
    do {
      before = await ticksOfChildren();
      await pause(1000);
    } while ((await ticksOfChildren()) - before >= 50);
    expect((await platform.call('GET', '/readyz')).status).toBe(200);
  }, 240_000);
});

describe('F19: a cancel that comes when the job is about to end', () => {
  const ends = ['SUCCEEDED', 'FAILED', 'CANCELLED', 'EXPIRED'];

  /** Cancels a job after a time; whatever came of it, everything says the same. */
  async function cancelAfter(pauseMs: number, job = toyJob('calm', 0)): Promise<string> {
    const id = await submit(platform, job);
    await pause(pauseMs);
    const answer = await platform.call('POST', `/v1/jobs/${id}/cancel`);
    const { state, explanationId } = await platform.finished(id);
    const succeeded = state === 'SUCCEEDED';
    expect(succeeded ? [409] : [200, 202]).toContain(answer.status);
    expect(state).toBe(succeeded ? 'SUCCEEDED' : 'CANCELLED');
    const explanations = await explanationsOf(platform, id);
    expect(explanations.map((one) => one['id'])).toEqual(succeeded ? [explanationId] : []);
    expect(explanationId !== undefined).toBe(succeeded);
    const { events, ended } = await followEvents(Number(new URL(platform.url).port), id);
    await ended;
    const terminal = events.map((event) => event.job.state).filter((seen) => ends.includes(seen));
    expect(terminal).toEqual([state]);
    expect((await platform.call('POST', `/v1/jobs/${id}/cancel`)).status).toBe(succeeded ? 409 : 200);
    return String(state);
  }

  it('leaves exactly one of the two: a result, or CANCELLED and no result', async () => {
    // Surely too early, and surely too late.
    expect(await cancelAfter(0, toyJob('slow', 500))).toBe('CANCELLED');
    let late = 50;
    while ((await cancelAfter(late)) !== 'SUCCEEDED') late *= 2;
    // Closer and closer to the moment at which it turns.
    let early = 0;
    const outcomes: string[] = [];
    for (let round = 0; round < 12; round++) {
      const middle = (early + late) / 2;
      const outcome = await cancelAfter(middle);
      outcomes.push(outcome);
      if (outcome === 'CANCELLED') early = middle;
      else late = middle;
      // The moment moves with the load of the machine.
      if (late - early < 2) [early, late] = [early - 5, late + 5];
    }
    process.stderr.write(`F19: ${outcomes.join(' ')}\n`);
  }, 240_000);
});
