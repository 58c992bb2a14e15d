import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { Endings } from '../support/endings.js';
import { armCrash, crashing, explanationsOf, resultHashOf, submit, textJob } from '../support/fault-jobs.js';
import { hasRedis, startOwnServers } from '../support/own-servers.js';
import { Platform, type Json } from '../support/platform.js';
import { until } from '../support/until.js';

/** Runs started when all is over: a crash before the claim costs none. */
const workerPoints = { received: 1, claimed: 2, perturbing: 2, computed: 2, committed: 1 } as const;
/** A worker of the same process may have claimed what was published before the crash. */
const gatewayPoints = { accepted: [1], taken: [1], published: [1, 2] } as const;

/** The job of a client whose connection broke: accepted, or never there. */
async function findJobs(platform: Platform): Promise<readonly Json[]> {
  return (await platform.call('GET', '/v1/jobs?pageSize=200')).json()['items'] as Json[];
}

async function expectOnce(platform: Platform, jobId: string, hash: unknown, ...attempts: readonly number[]): Promise<void> {
  const job = await platform.finished(jobId);
  expect(job['state']).toBe('SUCCEEDED');
  expect(attempts).toContain(job['attempt']);
  expect(await resultHashOf(platform, job)).toBe(hash);
  expect(await explanationsOf(platform, jobId)).toHaveLength(1);
}

describe('F1, F15, F30: the embedded platform is killed', () => {
  const endings = new Endings();
  let platform: Platform;
  let hash: unknown;
  beforeAll(async () => {
    const environment = { VITRINE_CHILDREN: '1', FAST_LEASES: '1' };
    platform = await endings.keep(Platform.start({ shape: 'embedded', entry: crashing, environment }), (one) => one.stop());
    hash = (await platform.explain(textJob))['resultHash'];
  }, 240_000);
  afterAll(() => endings.run(), 60_000);

  it.each<readonly [point: string, attempts: readonly number[]]>([
    ...Object.entries(workerPoints).map(([point, attempts]) => [point, [attempts]] as const),
    ...Object.entries(gatewayPoints),
  ])(
    'when it has %s: the next start runs the job to its one result',
    async (point, attempts) => {
      const before = (await findJobs(platform)).length;
      const app = platform.apps.get('standalone');
      await armCrash(platform, point);
      // The answer is lost where the crash is quicker than it; the job is not.
      await platform.call('POST', '/v1/jobs', textJob).catch(() => undefined);
      await app?.exited;
      expect(app?.process.signalCode).toBe('SIGKILL');
      await armCrash(platform, null);
      await platform.startApp('standalone');
      const jobs = await findJobs(platform);
      expect(jobs).toHaveLength(before + 1);
      await expectOnce(platform, String(jobs[0]?.['id']), hash, ...attempts);
    },
    240_000,
  );
});

(hasRedis ? describe : describe.skip)(
  `F1, F10: a worker is killed${hasRedis ? '' : ' [skipped: this machine has no redis-server]'}`,
  () => {
    const endings = new Endings();
    let platform: Platform;
    let hash: unknown;
    let database: pg.Client;
    beforeAll(async () => {
      const { postgres, servers } = await startOwnServers(endings);
      const environment = { FAST_LEASES: '1' };
      platform = await endings.keep(Platform.start({ shape: 'distributed', servers, entry: crashing, environment }), (one) => one.stop());
      hash = (await platform.explain(textJob))['resultHash'];
      database = new pg.Client({ connectionString: postgres.url });
      await endings.keep(database.connect(), () => database.end());
    }, 240_000);
    afterAll(() => endings.run(), 60_000);

    it.each(Object.entries(workerPoints))(
      'when it has %s: another takes the job to its one result',
      async (point, attempts) => {
        const doomed = platform.apps.get('shap-worker');
        await armCrash(platform, point);
        const id = await submit(platform, textJob);
        await doomed?.exited;
        expect(doomed?.process.signalCode).toBe('SIGKILL');
        await armCrash(platform, null);
        await platform.startApp('shap-worker');
        await expectOnce(platform, id, hash, attempts);
      },
      240_000,
    );

    // A transaction that sleeps before its last row stands open long enough to be hit for certain.
    it.each([
      ['claim', 'attempt', 'TRUE', 1],
      ['result', 'audit_leaf_pending', `NEW.event = 'complete'`, 2],
    ])(
      'in the middle of the transaction of the %s: all of it or nothing is there, and the job ends',
      async (_name, table, condition, attempts) => {
        await database.query(
          `CREATE OR REPLACE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(30); RETURN NEW; END $$`,
        );
        await database.query(`CREATE TRIGGER linger BEFORE INSERT ON ${table} FOR EACH ROW WHEN (${condition}) EXECUTE FUNCTION linger()`);
        const id = await submit(platform, textJob);
        const sleeping = `SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()`;
        await until(
          'a transaction that sleeps',
          async () => (await database.query(sleeping)).rowCount ?? 0,
          (count) => count > 0,
        );
        const worker = platform.apps.get('shap-worker');
        worker?.process.kill('SIGKILL');
        await worker?.exited;
        await database.query(`SELECT pg_terminate_backend(pid) FROM (${sleeping}) AS one`);
        await database.query(`DROP TRIGGER linger ON ${table}`);
        expect(await explanationsOf(platform, id)).toHaveLength(0);
        await platform.startApp('shap-worker');
        await expectOnce(platform, id, hash, attempts);
      },
      240_000,
    );
  },
);
