import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Queue } from 'bullmq';
import { crashing, explanationsOf, resultHashOf, submit, textJob, until } from '../support/fault-jobs.js';
import { hasRedis, OwnPostgres, OwnRedis } from '../support/own-servers.js';
import { Platform } from '../support/platform.js';

(hasRedis ? describe : describe.skip)(`two workers and one job${hasRedis ? '' : ' [skipped: this machine has no redis-server]'}`, () => {
  let redis: OwnRedis;
  let postgres: OwnPostgres;
  let platform: Platform;
  let hash: unknown;
  beforeAll(async () => {
    [redis, postgres] = await Promise.all([OwnRedis.start(), OwnPostgres.start()]);
    platform = await Platform.start({
      shape: 'distributed',
      servers: { databaseUrl: postgres.url, redisUrl: redis.url },
      entry: crashing,
      environment: { FAST_LEASES: '1' },
    });
    hash = (await platform.explain(textJob))['resultHash'];
  }, 240_000);
  afterAll(async () => {
    await platform.end('SIGKILL');
    await platform.stop();
    await Promise.all([redis.stop(), postgres.stop()]);
  }, 60_000);

  it('F3: a worker that was frozen beyond its lease writes nothing when it wakes', async () => {
    const zombie = platform.apps.get('shap-worker');
    if (zombie === undefined) throw new Error('no worker');
    const id = await submit(platform, textJob);
    await until(
      async () => (await platform.call('GET', `/v1/jobs/${id}`)).json(),
      ({ progress }) => (progress as { done: number }).done > 0,
      10,
    );
    zombie.process.kill('SIGSTOP');
    await platform.startApp('shap-worker', 'second');
    const job = await platform.finished(id);
    expect(job).toMatchObject({ state: 'SUCCEEDED', attempt: 2 });
    const [explanation] = await explanationsOf(platform, id);
    zombie.process.kill('SIGCONT');
    await until(
      () => Promise.resolve(zombie.output()),
      (text) => text.includes('DUPLICATE_DISCARDED') || text.includes('lease lost'),
    );
    expect(await explanationsOf(platform, id)).toEqual([explanation]);
    expect(await resultHashOf(platform, job)).toBe(hash);
    expect((await platform.call('GET', `/v1/jobs/${id}`)).json()).toMatchObject({ state: 'SUCCEEDED', attempt: 2 });
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
      () => queue.getJobCounts('waiting', 'prioritized', 'active'),
      (counts) => Object.values(counts).every((count) => count === 0),
    );
    expect(await explanationsOf(platform, id)).toHaveLength(1);
    await queue.close();
  }, 240_000);
});
