import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Endings } from '../support/endings.js';
import { crashing, PROMPTLY_MS, submit, toyJob, writeToyModels } from '../support/fault-jobs.js';
import { hasRedis, startOwnServers, type OwnRedis } from '../support/own-servers.js';
import { Platform, type Json } from '../support/platform.js';
import { until } from '../support/until.js';

const ACTIVE = 5;
const WAITING = 95;

(hasRedis ? describe : describe.skip)(`a queue that is lost${hasRedis ? '' : ' [skipped: this machine has no redis-server]'}`, () => {
  const endings = new Endings();
  let redis: OwnRedis;
  let platform: Platform;
  beforeAll(async () => {
    const models = await endings.keep(mkdtemp(join(tmpdir(), 'vitrine-models-')), (folder) => rm(folder, { recursive: true }));
    const [own] = await Promise.all([startOwnServers(endings), writeToyModels(models)]);
    ({ redis } = own);
    const environment = { FAST_LEASES: '1', VITRINE_MODELS: models, VITRINE_CHILDREN: String(ACTIVE) };
    platform = await endings.keep(Platform.start({ shape: 'distributed', servers: own.servers, entry: crashing, environment }), (one) =>
      one.stop('SIGKILL'),
    );
    await platform.explain(toyJob('slow', 0));
  }, 240_000);
  afterAll(() => endings.run(), 60_000);

  async function count(): Promise<{ readonly waiting: number; readonly active: number }> {
    const number = async (state: string) =>
      ((await platform.call('GET', `/v1/jobs?state=${state}&pageSize=200`)).json()['items'] as Json[]).length;
    return { waiting: await number('QUEUED'), active: await number('RUNNING') };
  }

  it('F4: FLUSHALL with at least 90 jobs waiting and 5 active loses none', async () => {
    const ids = [];
    for (let job = 0; job < ACTIVE; job++) ids.push(await submit(platform, toyJob('slow', 200)));
    await until('the first jobs to run', count, ({ active }) => active === ACTIVE);
    for (let job = 0; job < WAITING; job++) ids.push(await submit(platform, toyJob('calm', 0)));
    await pause(300); // the relay has published them
    const admin = new Redis(redis.url);
    const seen = await count();
    await admin.flushall();
    await admin.quit();
    process.stderr.write(`F4: FLUSHALL with ${seen.waiting} jobs waiting and ${seen.active} active\n`);
    expect(seen.active).toBe(ACTIVE);
    expect(seen.waiting).toBeGreaterThanOrEqual(90);
    // One question for all: to ask for each of a hundred would keep the machine from running them.
    await until('the end of every job', count, ({ waiting, active }) => waiting + active === 0, { everyMs: 500 });
    const ended = await Promise.all(ids.map((id) => platform.finished(id)));
    expect(ended.filter(({ state }) => state !== 'SUCCEEDED')).toEqual([]);
  }, 300_000);

  it.each([
    ['killed, and started over its log', 'SIGKILL'],
    ['frozen: connections stay open and nothing is answered', 'SIGSTOP'],
  ])(
    'F5, F7: Redis %s',
    async (_name, signal) => {
      if (signal === 'SIGKILL') await redis.kill();
      else redis.freeze();
      const ids: string[] = [];
      for (let job = 0; job < 10; job++) {
        const asked = performance.now();
        ids.push(await submit(platform, toyJob('calm', 0)));
        expect(performance.now() - asked).toBeLessThan(PROMPTLY_MS);
        await pause(500);
      }
      const ready = await platform.call('GET', '/readyz');
      expect([ready.status, ready.json()['warnings']]).toEqual([200, [expect.stringContaining('queue does not answer')]]);
      expect((await platform.call('GET', '/v1/models')).status).toBe(200);
      const { pid } = platform.apps.get('shap-worker')?.process ?? {};
      if (signal === 'SIGKILL') await redis.resume();
      else redis.thaw();
      for (const id of ids) expect(await platform.finished(id)).toMatchObject({ state: 'SUCCEEDED' });
      expect(platform.apps.get('shap-worker')?.process).toMatchObject({ pid, exitCode: null, signalCode: null });
      await until(
        'readiness without a warning',
        async () => (await platform.call('GET', '/readyz')).json(),
        ({ warnings }) => (warnings as unknown[]).length === 0,
      );
    },
    300_000,
  );
});
