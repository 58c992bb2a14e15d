import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { localPrincipal, type Principal } from '#access';
import type { Claim, Job } from '#jobs';
import pg from 'pg';
import { openJobBench, type JobBench } from '../../test/open-job-bench.js';
import { PrismaExplanationStore } from './prisma-explanation-store.js';
import { PrismaJobEventStore } from './prisma-job-event-store.js';
import type { PrismaJobStore } from './prisma-job-store.js';

let bench: JobBench;
let raw: JobBench['raw'];
let jobs: PrismaJobStore;
let explanations: PrismaExplanationStore;
let events: PrismaJobEventStore;

beforeAll(async () => {
  bench = await openJobBench();
  ({ raw, jobs } = bench);
  explanations = new PrismaExplanationStore(bench.database);
  events = new PrismaJobEventStore(bench.database);
}, 60_000);

afterAll(() => bench.stop());

beforeEach(() => bench.seeEveryTenant());

const create = (principal?: Principal) => bench.create(principal);
const claimed = (id: string, worker?: string) => bench.claimed(id, worker);
const expireLease = (id: string) => bench.expireLease(id);
const explanationFor = (claim: Claim) => bench.explanationFor(claim);
const leaves = (id: string) => bench.leaves(id);
const leafOf = ({ jobId }: Pick<Claim, 'jobId'>, event: 'complete' | 'fail' | 'cancel') => bench.leafOf(jobId, event);

describe('a claim', () => {
  it('is given to exactly one of many that ask at once', async () => {
    const job = await create();
    const claims = await Promise.all(Array.from({ length: 6 }, (_, index) => jobs.claim(job.id, `w${index}`, 15, 3)));
    expect(claims.filter((claim) => claim !== null)).toHaveLength(1);
    expect(await jobs.find('default', job.id)).toMatchObject({ state: 'RUNNING', attempt: 1 });
  });

  it('passes on when the lease has expired, and the earlier holder can write nothing any more', async () => {
    const job = await create();
    const first = await claimed(job.id, 'w1');
    await expireLease(job.id);
    const second = await claimed(job.id, 'w2');
    expect(second).toMatchObject({ epoch: first.epoch + 1, attempt: 2 });
    expect(await jobs.heartbeat(first, { done: 1, total: 2, phase: 'x' }, 15)).toBe('lost');
    expect(await jobs.commitSuccess(first, await explanationFor(first), leafOf(first, 'complete'))).toBe(false);
    expect(await jobs.commitEnd(first, 'FAILED', { code: 'INTERNAL' }, leafOf(first, 'fail'))).toBe(false);
    expect(await jobs.release(first, 'SHUTDOWN')).toBe(false);
    const rows = await raw.query('SELECT 1 FROM payload p JOIN subject_key k ON k.id = p.subject_key_id WHERE k.id = $1 AND kind = $2', [
      first.subjectKeyId,
      'result',
    ]);
    expect(rows.rowCount).toBe(0);
    expect(await jobs.commitSuccess(second, await explanationFor(second), leafOf(second, 'complete'))).toBe(true);
    expect(await jobs.commitSuccess(second, await explanationFor(second), leafOf(second, 'complete'))).toBe(false);
    expect(await leaves(job.id)).toEqual(['submit', 'complete']);
    const attempts = await raw.query<{ outcome: string }>('SELECT outcome FROM attempt WHERE job_id = $1 ORDER BY number', [job.id]);
    expect(attempts.rows.map((row) => row.outcome)).toEqual(['LEASE_EXPIRED', 'SUCCEEDED']);
  });

  it('whose subject was erased while it ran writes nothing', async () => {
    const job = await create();
    const claim = await claimed(job.id);
    const explanation = await explanationFor(claim);
    await raw.query('UPDATE subject_key SET wrapped_key = NULL, erased_at = now() WHERE id = $1', [claim.subjectKeyId]);
    expect(await jobs.commitSuccess(claim, explanation, leafOf(claim, 'complete'))).toBe(false);
    expect(await jobs.find('default', job.id)).toMatchObject({ state: 'RUNNING', explanationId: null });
    expect(await leaves(job.id)).toEqual(['submit']);
  });

  it('brings the sealed request and the model along, as they are now', async () => {
    const job = await create();
    const first = await claimed(job.id);
    const stored = await explanations.findPayload('default', first.requestPayloadId);
    expect(stored).not.toBeNull();
    expect(first.sealedRequest).toEqual(stored);
    expect(first.servedBy).toMatchObject({
      id: first.model.versionId,
      model: first.model.name,
      version: first.model.version,
      state: 'ACTIVE',
    });
    expect(first.servedBy?.createdAt).toBeInstanceOf(Date);
    await expireLease(job.id);
    await raw.query('UPDATE subject_key SET wrapped_key = NULL, erased_at = now() WHERE id = $1', [first.subjectKeyId]);
    await raw.query('UPDATE model_version SET deleted_at = now() WHERE id = $1', [first.model.versionId]);
    try {
      const second = await claimed(job.id);
      expect(second.sealedRequest?.wrappedKey ?? null).toBeNull();
      expect(second.servedBy).toBeNull();
    } finally {
      await raw.query('UPDATE model_version SET deleted_at = NULL WHERE id = $1', [first.model.versionId]);
    }
  });

  it('is refused once the attempts are spent, or the deadline has passed, or the job has ended', async () => {
    const spent = await create();
    for (let attempt = 1; attempt <= 3; attempt++) {
      await claimed(spent.id);
      await expireLease(spent.id);
    }
    expect(await jobs.claim(spent.id, 'w', 15, 3)).toBeNull();
    const late = await create();
    await raw.query(`UPDATE job SET deadline_at = clock_timestamp() WHERE id = $1`, [late.id]);
    expect(await jobs.claim(late.id, 'w', 15, 3)).toBeNull();
    const ended = await create();
    await jobs.cancel('default', ended.id, leafOf({ jobId: ended.id }, 'cancel'));
    expect(await jobs.claim(ended.id, 'w', 15, 3)).toBeNull();
  });

  it('given back by an orderly stop spends no attempt, however often', async () => {
    const job = await create();
    for (let stop = 1; stop <= 5; stop++) expect(await jobs.release(await claimed(job.id), 'SHUTDOWN')).toBe(true);
    expect((await jobs.findAbandoned(3, 1000)).map((one) => one.id)).not.toContain(job.id);
    for (let crash = 1; crash <= 3; crash++) {
      await claimed(job.id);
      await expireLease(job.id);
    }
    expect(await jobs.claim(job.id, 'w', 15, 3)).toBeNull();
    expect((await jobs.findAbandoned(3, 1000)).find((one) => one.id === job.id)?.verdict).toBe('WORKER_LOST');
  });

  it('given back leaves the job RUNNING and puts the next epoch into the outbox', async () => {
    const job = await create();
    const entriesOf = async () => (await jobs.takeUnsent(1000, 1000)).filter((entry) => entry.jobId === job.id);
    const [first] = await entriesOf();
    const claim = await claimed(job.id);
    expect(await entriesOf()).toEqual([]);
    expect(await jobs.release(claim, 'SHUTDOWN')).toBe(true);
    expect(await jobs.find('default', job.id)).toMatchObject({ state: 'RUNNING' });
    const [again, ...more] = await entriesOf();
    expect(more).toEqual([]);
    expect({ ...again, id: first?.id }).toEqual({ ...first, epoch: 1 });
    expect(await claimed(job.id)).toMatchObject({ attempt: 2, attempts: [{ number: 1, outcome: 'SHUTDOWN' }] });
  });
});

describe('cancel', () => {
  it('ends a waiting job at once and writes its leaf', async () => {
    const job = await create();
    expect(await jobs.cancel('default', job.id, leafOf({ jobId: job.id }, 'cancel'))).toMatchObject({
      kind: 'accepted',
      job: { state: 'CANCELLED' },
    });
    expect(await leaves(job.id)).toEqual(['submit', 'cancel']);
  });

  it('asks the holder of a running job, whose result is then refused', async () => {
    const job = await create();
    const claim = await claimed(job.id);
    expect(await jobs.cancel('default', job.id, leafOf(claim, 'cancel'))).toMatchObject({ kind: 'accepted', job: { state: 'CANCELLING' } });
    expect(await jobs.heartbeat(claim, { done: 1, total: 2, phase: 'x' }, 15)).toBe('cancelling');
    expect(await jobs.commitSuccess(claim, await explanationFor(claim), leafOf(claim, 'complete'))).toBe(false);
    expect(await jobs.commitEnd(claim, 'CANCELLED', null, leafOf(claim, 'cancel'))).toBe(true);
    expect(await jobs.cancel('default', job.id, leafOf(claim, 'cancel'))).toMatchObject({ kind: 'terminal', job: { state: 'CANCELLED' } });
  });

  it('does not see the jobs of another tenant', async () => {
    const job = await create();
    expect(await jobs.cancel('other', job.id, leafOf({ jobId: job.id }, 'cancel'))).toEqual({ kind: 'absent' });
    expect(await jobs.find('other', job.id)).toBeNull();
  });
});

describe('the reconciler’s questions', () => {
  it('find what nobody will run any more, each with its verdict', async () => {
    const expired = await create();
    const overdue = await create();
    const lost = await create();
    const cancelled = await create();
    await raw.query(`UPDATE job SET deadline_at = clock_timestamp() WHERE id = $1`, [expired.id]);
    await claimed(overdue.id);
    await raw.query(`UPDATE job SET deadline_at = clock_timestamp() WHERE id = $1`, [overdue.id]);
    for (let attempt = 1; attempt <= 3; attempt++) {
      await claimed(lost.id);
      await expireLease(lost.id);
    }
    await claimed(cancelled.id);
    await jobs.cancel('default', cancelled.id, leafOf({ jobId: cancelled.id }, 'cancel'));
    for (const job of [overdue, cancelled]) await expireLease(job.id);
    const found = await jobs.findAbandoned(3, 1000);
    const verdict = (job: Job) => found.find((one) => one.id === job.id)?.verdict;
    expect([expired, overdue, lost, cancelled].map(verdict)).toEqual(['EXPIRED', 'DEADLINE_EXCEEDED', 'WORKER_LOST', 'CANCELLED']);
    for (const one of found) {
      const error = one.verdict === 'CANCELLED' ? null : { code: one.verdict };
      expect(await jobs.endAbandoned(one, error, leafOf({ jobId: one.id }, 'fail'))).toBe(true);
      expect(await jobs.endAbandoned(one, error, leafOf({ jobId: one.id }, 'fail'))).toBe(false);
    }
    expect((await jobs.find('default', lost.id))?.state).toBe('FAILED');
    expect((await jobs.find('default', expired.id))?.state).toBe('EXPIRED');
  });

  it('queue an expired lease again, once per epoch', async () => {
    const job = await create();
    await claimed(job.id);
    await expireLease(job.id);
    expect(await jobs.requeueExpiredLeases(3)).toContain(job.id);
    expect(await jobs.requeueExpiredLeases(3)).not.toContain(job.id);
  });

  it('find sent entries of jobs that still wait', async () => {
    const job = await create();
    const entries = (await jobs.takeUnsent(1000, 1000)).filter((entry) => entry.jobId === job.id);
    await jobs.markSent(entries);
    expect((await jobs.findWaiting(0, 1000)).map((entry) => entry.jobId)).toContain(job.id);
    await claimed(job.id);
    expect((await jobs.findWaiting(0, 1000)).map((entry) => entry.jobId)).not.toContain(job.id);
  });
});

describe('what is published next', () => {
  const flood = (job: Job, rows: number) =>
    raw.query(
      `INSERT INTO outbox (tenant_id, actor, job_id, epoch, queue, method, priority)
       SELECT o.tenant_id, o.actor, o.job_id, n, 'vitrine-fair', o.method, o.priority FROM outbox o, generate_series(1, $2) n WHERE o.job_id = $1 AND o.epoch = 0`,
      [job.id, rows],
    );
  const next = async (limit: number, perTenant: number) =>
    (await jobs.takeUnsent(limit, perTenant)).filter((entry) => entry.queue === 'vitrine-fair');

  it('takes turns between tenants, so that one job of one stands before the many of another', async () => {
    const [many, one] = [await create(), await create({ ...localPrincipal, tenant: 'other' })];
    await flood(many, 1000);
    await flood(one, 1);
    const round = await next(100_000, 200);
    expect(round.filter((entry) => entry.jobId === many.id)).toHaveLength(200);
    expect(round.findIndex((entry) => entry.jobId === one.id)).toBeLessThan(2);
    await jobs.markSent(round);
    // The line of the one is full, that of the other is not.
    expect(await next(100_000, 200)).toEqual([]);
    await flood(one, 1);
    await flood(many, 1);
    const [late, ...rest] = await next(100_000, 300);
    expect(late).toMatchObject({ jobId: one.id });
    // In the queue, too: smaller is sooner.
    expect(late?.priority).toBeLessThan(round.at(-1)?.priority ?? 0);
    expect(Math.min(...rest.map((entry) => entry.priority))).toBeGreaterThan(round.at(-1)?.priority ?? Infinity);
  });

  it('puts a more urgent job of a tenant before the others of its line', async () => {
    const job = await create({ ...localPrincipal, tenant: 'other' });
    await flood(job, 50);
    const line = (await next(100_000, 1000)).filter((entry) => entry.jobId === job.id);
    await jobs.markSent(line);
    await flood(job, 1);
    await raw.query(`UPDATE outbox SET priority = 1 WHERE job_id = $1 AND queue = 'vitrine-fair' AND sent_at IS NULL`, [job.id]);
    const [urgent] = (await next(100_000, 1000)).filter((entry) => entry.jobId === job.id);
    expect(urgent?.priority).toBeLessThan(Math.min(...line.map((entry) => entry.priority)));
  });

  it('lets nobody of the same tenant and priority pass: in a line that never empties, each is served in the order it came', async () => {
    const job = await create({ ...localPrincipal, tenant: 'other' });
    await raw.query(`DELETE FROM outbox WHERE queue = 'vitrine-fair'`);
    let arrivals = 0;
    const arrive = async () => {
      arrivals += 1;
      await raw.query(
        `INSERT INTO outbox (tenant_id, actor, job_id, epoch, queue, method, priority)
         SELECT tenant_id, actor, id, $2, 'vitrine-fair', method, 10 FROM job WHERE id = $1`,
        [job.id, arrivals],
      );
      await jobs.markSent(await next(1000, 1000));
    };
    const served: number[] = [];
    const serve = async () => {
      const taken = await raw.query<{ epoch: number }>(
        `DELETE FROM outbox WHERE id = (SELECT id FROM outbox WHERE queue = 'vitrine-fair' ORDER BY priority + turn, sent_at, id LIMIT 1) RETURNING epoch`,
      );
      served.push(taken.rows[0]?.epoch ?? NaN);
    };
    // A long line, which becomes a short one that stays: whoever came when it was long must not wait for its end.
    for (let count = 0; count < 6; count++) await arrive();
    for (let count = 0; count < 3; count++) await serve();
    for (let count = 0; count < 40; count++) {
      await arrive();
      await serve();
    }
    expect(served).toEqual(Array.from({ length: 43 }, (_, place) => place + 1));
  });

  it('is nothing of a job that was taken or has ended', async () => {
    const [taken, ended] = [await create(), await create()];
    await claimed(taken.id);
    await jobs.cancel('default', ended.id, leafOf({ jobId: ended.id }, 'cancel'));
    const rows = await raw.query('SELECT 1 FROM outbox WHERE job_id = ANY($1)', [[taken.id, ended.id]]);
    expect(rows.rowCount).toBe(0);
  });
});

describe('the events of a job', () => {
  it('are numbered without a gap, the warnings before the end, and what nobody saw is none', async () => {
    const job = await create();
    const claim = await claimed(job.id);
    for (const done of [3, 3, 7]) await jobs.heartbeat(claim, { done, total: 10, phase: 'estimating' }, 15);
    await jobs.commitSuccess(claim, { ...(await explanationFor(claim)), warningCodes: ['BUDGET_SPENT'] }, leafOf(claim, 'complete'));
    const page = await events.read('default', job.id, 0, 100);
    expect(
      page?.events.map(({ sequence, kind, job: seen }) => [sequence, kind, seen.state, seen.progress.done, seen.warningCodes]),
    ).toEqual([
      [1, 'state', 'QUEUED', 0, []],
      [2, 'state', 'RUNNING', 0, []],
      [3, 'progress', 'RUNNING', 3, []],
      [4, 'progress', 'RUNNING', 7, []],
      [5, 'warning', 'RUNNING', 7, ['BUDGET_SPENT']],
      [6, 'state', 'SUCCEEDED', 10, ['BUDGET_SPENT']],
    ]);
    expect(page?.events.at(-1)?.job).toEqual(await jobs.find('default', job.id));
    expect((await events.read('default', job.id, 4, 1))?.events.map((event) => event.sequence)).toEqual([5]);
    expect(await events.read('other', job.id, 0, 100)).toBeNull();
  });
});

describe('what the database itself refuses', () => {
  it('changes and deletions of explanations and audit leaves', async () => {
    const job = await create();
    const claim = await claimed(job.id);
    await jobs.commitSuccess(claim, await explanationFor(claim), leafOf(claim, 'complete'));
    const owner = new pg.Client({ connectionString: bench.connectionString });
    await owner.connect();
    await owner.query(`SET vitrine.tenant = '*'`);
    for (const table of ['explanation', 'audit_leaf_pending']) {
      await owner.query('GRANT UPDATE, DELETE, TRUNCATE ON explanation, audit_leaf_pending TO vitrine_app');
      await owner.query('SET ROLE vitrine_app');
      await expect(owner.query(`UPDATE ${table} SET actor = 'someone else'`)).rejects.toThrow('insert-only');
      await expect(owner.query(`DELETE FROM ${table}`)).rejects.toThrow('insert-only');
      await expect(owner.query(`TRUNCATE ${table} CASCADE`)).rejects.toThrow('insert-only');
      await owner.query('RESET ROLE');
      await owner.query('REVOKE UPDATE, DELETE, TRUNCATE ON explanation, audit_leaf_pending FROM vitrine_app');
      await owner.query('SET ROLE vitrine_app');
      await expect(owner.query(`UPDATE ${table} SET actor = 'someone else'`)).rejects.toThrow('permission denied');
      await owner.query('RESET ROLE');
    }
    await owner.end();
  });

  it('a state that goes back', async () => {
    const job = await create();
    const claim = await claimed(job.id);
    await expect(raw.query(`UPDATE job SET state = 'QUEUED' WHERE id = $1`, [job.id])).rejects.toThrow('cannot go back');
    await jobs.commitSuccess(claim, await explanationFor(claim), leafOf(claim, 'complete'));
    await expect(raw.query(`UPDATE job SET state = 'CANCELLED', explanation_id = NULL WHERE id = $1`, [job.id])).rejects.toThrow('final');
  });

  it('a second explanation for a job', async () => {
    const job = await create();
    const claim = await claimed(job.id);
    await jobs.commitSuccess(claim, await explanationFor(claim), leafOf(claim, 'complete'));
    await expect(
      raw.query(`INSERT INTO explanation SELECT (e).* FROM (SELECT e FROM explanation e WHERE job_id = $1) s`, [job.id]),
    ).rejects.toThrow('duplicate key');
  });

  it('rows of any tenant to a session that has named none', async () => {
    await create();
    await raw.query('RESET vitrine.tenant');
    for (const table of [
      'tenant',
      'subject_key',
      'model',
      'model_version',
      'model_alias',
      'payload',
      'job',
      'attempt',
      'outbox',
      'explanation',
      'audit_leaf_pending',
      'idempotency',
      'job_event',
    ])
      expect((await raw.query(`SELECT 1 FROM ${table}`)).rowCount).toBe(0);
  });
});

describe('stored explanations', () => {
  it('come newest first, in pages without gap or repetition, and by label', async () => {
    const made: string[] = [];
    for (let index = 0; index < 5; index++) {
      const job = await create();
      const claim = await claimed(job.id);
      const explanation = await explanationFor(claim);
      await jobs.commitSuccess(claim, explanation, leafOf(claim, 'complete'));
      made.unshift(explanation.id);
      const found = await explanations.list('default', { labels: { case: job.id } }, null, 10);
      expect(found.map((row) => row.id)).toEqual([explanation.id]);
    }
    const seen: string[] = [];
    for (let cursor = null as { createdAt: Date; id: string } | null; ;) {
      const page = await explanations.list('default', { labels: {}, minConfidence: 0.5 }, cursor, 2);
      if (page.length === 0) break;
      seen.push(...page.map((row) => row.id));
      const last = page.at(-1);
      cursor = last === undefined ? null : { createdAt: last.createdAt, id: last.id };
    }
    expect(seen.slice(0, 5)).toEqual(made);
    expect(new Set(seen).size).toBe(seen.length);
    expect(await explanations.list('other', { labels: {} }, null, 10)).toHaveLength(0);
  });
});
