import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { crashing, explanationsOf, PROMPTLY_MS, resultHashOf, submit, textJob, until } from '../support/fault-jobs.js';
import { hasRedis, OwnPostgres, OwnRedis } from '../support/own-servers.js';
import { Platform } from '../support/platform.js';

(hasRedis ? describe : describe.skip)(`F9: PostgreSQL is away${hasRedis ? '' : ' [skipped: this machine has no redis-server]'}`, () => {
  let redis: OwnRedis;
  let postgres: OwnPostgres;
  let platform: Platform;
  let hash: unknown;
  beforeAll(async () => {
    [redis, postgres] = await Promise.all([OwnRedis.start(), OwnPostgres.start()]);
    platform = await Platform.start({ shape: 'distributed', servers: { databaseUrl: postgres.url, redisUrl: redis.url }, entry: crashing });
    hash = (await platform.explain(textJob))['resultHash'];
  }, 240_000);
  afterAll(async () => {
    await platform.end('SIGKILL');
    await platform.stop();
    await Promise.all([redis.stop(), postgres.stop()]);
  }, 60_000);

  it('no job is accepted, each refusal comes within two seconds and says when to come again, and a finished result is kept until it can be stored', async () => {
    const id = await submit(platform, textJob);
    await until(
      async () => (await platform.call('GET', `/v1/jobs/${id}`)).json(),
      ({ progress }) => (progress as { done: number }).done > 0,
      10,
    );
    await postgres.pause();
    for (let call = 0; call < 8; call++) {
      const asked = performance.now();
      const answer = await platform.call('POST', '/v1/jobs', textJob);
      expect([answer.status, answer.json()['code']]).toEqual([503, 'DATABASE_UNAVAILABLE']);
      expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
      expect(performance.now() - asked).toBeLessThan(PROMPTLY_MS);
      await pause(1000);
    }
    expect((await platform.call('GET', '/readyz')).status).toBe(503);
    expect((await platform.call('GET', '/healthz')).status).toBe(200);
    await postgres.resume();
    // One run: the result was computed while the database was away, and held.
    const job = await until(
      async () => {
        const answer = await platform.call('GET', `/v1/jobs/${id}`);
        return answer.status === 200 ? answer.json() : {};
      },
      ({ state }) => state === 'SUCCEEDED' || state === 'FAILED',
    );
    expect(job).toMatchObject({ state: 'SUCCEEDED', attempt: 1 });
    expect(await resultHashOf(platform, job)).toBe(hash);
    expect(await explanationsOf(platform, id)).toHaveLength(1);
    // Relay, pools and listeners of every process have come back by themselves.
    expect(await platform.explain(textJob)).toMatchObject({ resultHash: hash });
    expect((await platform.call('GET', '/readyz')).status).toBe(200);
  }, 300_000);
});
