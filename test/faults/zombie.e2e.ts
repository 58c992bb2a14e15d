import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Queue } from 'bullmq';
import { setTimeout as pause } from 'node:timers/promises';
import { Endings } from '../support/endings.js';
import { crashing, explanationsOf, resultHashOf, submit, submitRunning, textJob } from '../support/fault-jobs.js';
import { hasRedis, startOwnServers, type OwnRedis } from '../support/own-servers.js';
import { Platform } from '../support/platform.js';
import { until } from '../support/until.js';

/** Twice the lease: it has run out, and the reconciler has seen so. */
const FROZEN_MS = 4000;

(hasRedis ? describe : describe.skip)(`two workers and one job${hasRedis ? '' : ' [skipped: this machine has no redis-server]'}`, () => {
  const endings = new Endings();
  let redis: OwnRedis;
  let platform: Platform;
  let hash: unknown;
  beforeAll(async () => {
    const own = await startOwnServers(endings);
    ({ redis } = own);
    const environment = { FAST_LEASES: '1' };
    platform = await endings.keep(Platform.start({ shape: 'distributed', servers: own.servers, entry: crashing, environment }), (one) =>
      one.stop('SIGKILL'),
    );
    hash = (await platform.explain(textJob))['resultHash'];
  }, 240_000);
  afterAll(() => endings.run(), 60_000);

  it('F3: a worker that was frozen beyond its lease writes nothing when it wakes', async () => {
    const zombie = platform.apps.get('shap-worker');
    if (zombie === undefined) throw new Error('no worker');
    const id = await submitRunning(platform, textJob);
    zombie.process.kill('SIGSTOP');
    await platform.startApp('shap-worker', 'second');
    const job = await platform.finished(id);
    expect(job).toMatchObject({ state: 'SUCCEEDED', attempt: 2 });
    const [explanation] = await explanationsOf(platform, id);
    zombie.process.kill('SIGCONT');
    await until(
      'the zombie to find out',
      () => zombie.output().slice(-4000),
      (text) => text.includes('DUPLICATE_DISCARDED') || text.includes('lease lost'),
    );
    expect(await explanationsOf(platform, id)).toEqual([explanation]);
    expect(await resultHashOf(platform, job)).toBe(hash);
    expect((await platform.call('GET', `/v1/jobs/${id}`)).json()).toMatchObject({ state: 'SUCCEEDED', attempt: 2 });
  }, 240_000);

  it('F3: a worker that was frozen beyond its lease and wakes before another has come leaves one result', async () => {
    const worker = platform.apps.get('second');
    if (worker === undefined) throw new Error('no worker');
    const first = platform.apps.get('shap-worker');
    first?.process.kill('SIGTERM');
    await first?.exited;
    const id = await submitRunning(platform, textJob);
    worker.process.kill('SIGSTOP');
    await pause(FROZEN_MS);
    worker.process.kill('SIGCONT');
    const job = await platform.finished(id);
    // Its heartbeat and the entry that was queued meanwhile race: it goes on, or it begins again, and never both to the end.
    expect(job['state']).toBe('SUCCEEDED');
    expect([1, 2]).toContain(job['attempt']);
    expect(await resultHashOf(platform, job)).toBe(hash);
    expect(await explanationsOf(platform, id)).toHaveLength(1);
  }, 240_000);

  it('F12: a job whose entry is delivered many times runs once', async () => {
    const queue = new Queue('vitrine-shap', { connection: { url: redis.url } });
    const id = await submit(platform, textJob);
    await queue.addBulk(
      Array.from({ length: 6 }, (_, copy) => ({
        name: 'kernel-shap',
        data: { jobId: id },
        opts: { jobId: `${id}-copy-${copy}`, priority: 1 },
      })),
    );
    const job = await platform.finished(id);
    expect(job).toMatchObject({ state: 'SUCCEEDED', attempt: 1 });
    await until(
      'an empty queue',
      () => queue.getJobCounts('waiting', 'prioritized', 'active'),
      (counts) => Object.values(counts).every((count) => count === 0),
    );
    expect(await explanationsOf(platform, id)).toHaveLength(1);
    await queue.close();
  }, 240_000);
});
