import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { Endings } from '../support/endings.js';
import { crashing, explanationsOf, PROMPTLY_MS, resultHashOf, submitRunning, textJob } from '../support/fault-jobs.js';
import { hasRedis, startOwnServers, type OwnPostgres } from '../support/own-servers.js';
import { Platform } from '../support/platform.js';
import { until } from '../support/until.js';

/** A worker tries for 31 s to store what it has computed; the server must answer again within that. */
const OUTAGE_MS = 27_000;

(hasRedis ? describe : describe.skip)(`F9: PostgreSQL is away${hasRedis ? '' : ' [skipped: this machine has no redis-server]'}`, () => {
  const endings = new Endings();
  let postgres: OwnPostgres;
  let platform: Platform;
  let hash: unknown;
  beforeAll(async () => {
    const own = await startOwnServers(endings);
    ({ postgres } = own);
    platform = await endings.keep(Platform.start({ shape: 'distributed', servers: own.servers, entry: crashing }), (one) =>
      one.stop('SIGKILL'),
    );
    hash = (await platform.explain(textJob))['resultHash'];
  }, 240_000);
  afterAll(() => endings.run(), 60_000);

  it('no job is accepted, each refusal comes within two seconds and says when to come again, and a finished result is kept until it can be stored', async () => {
    const id = await submitRunning(platform, textJob);
    const since = performance.now();
    await postgres.pause();
    while (performance.now() - since < OUTAGE_MS) {
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
    process.stderr.write(`F9: PostgreSQL was away for ${Math.round((performance.now() - since) / 1000)} s\n`);
    // One run: the result was computed while the database was away, and held.
    const job = await until(
      'the end of the job',
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
