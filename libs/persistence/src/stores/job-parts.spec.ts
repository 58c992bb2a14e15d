import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { AbandonedJob, Claim } from '#jobs';
import { uuidv7 } from 'uuidv7';
import { MAX_ATTEMPTS, openJobBench, type JobBench } from '../../test/open-job-bench.js';
import { PrismaPartStore } from './prisma-part-store.js';

const costs = { modelRows: 5, modelMs: 4, cpuMs: 3, peakRssBytes: 2 };

let bench: JobBench;
let parts: PrismaPartStore;

beforeAll(async () => {
  bench = await openJobBench();
  parts = new PrismaPartStore(bench.database);
}, 60_000);

afterAll(() => bench.stop());

beforeEach(() => bench.seeEveryTenant());

/** A job cut into parts of ten evaluations each. */
async function cut(count: number): Promise<{ readonly parent: Claim; readonly ids: readonly string[] }> {
  const parent = await bench.claimed((await bench.create()).id);
  const ids = Array.from({ length: count }, () => uuidv7());
  expect(
    await parts.fanOut(
      parent,
      ids.map((id) => ({ id, evaluations: 10 })),
    ),
  ).toBe(true);
  return { parent, ids };
}

/** Payloads offered by parts of a job, in the order of their ends. */
const offered = new Map<string, string[]>();
const payloadsOf = (job: string): readonly string[] => offered.get(job) ?? [];

async function finish(claim: Claim): Promise<boolean> {
  const payload = await bench.payloadFor(claim, 'part', `found by ${claim.jobId}`);
  const parentId = claim.part?.parentId ?? '';
  offered.set(parentId, [...payloadsOf(parentId), payload.id]);
  return parts.commitPart(claim, payload, 10, costs);
}
async function claimAll(ids: readonly string[]): Promise<Claim[]> {
  const claims = [];
  for (const id of ids) claims.push(await bench.claimed(id));
  return claims;
}
const of = ({ parent }: { readonly parent: Claim }) => bench.jobs.find('default', parent.jobId);
const failPart = (claim: Claim, code = 'MODEL_CRASHED') =>
  bench.jobs.commitEnd(claim, 'FAILED', { code }, bench.leafOf(claim.part?.parentId ?? '', 'fail'));
const stopPart = (claim: Claim) => bench.jobs.commitEnd(claim, 'CANCELLED', null, bench.leafOf(claim.part?.parentId ?? '', 'cancel'));
const cancel = (job: { readonly parent: Claim }) =>
  bench.jobs.cancel('default', job.parent.jobId, bench.leafOf(job.parent.jobId, 'cancel'));
const abandonedOf = async ({ parent }: { readonly parent: Claim }): Promise<AbandonedJob[]> =>
  (await bench.jobs.findAbandoned(MAX_ATTEMPTS, 1000)).filter(({ id, parentId }) => id === parent.jobId || parentId === parent.jobId);
const endAbandoned = (one: AbandonedJob) =>
  bench.jobs.endAbandoned(
    one,
    one.verdict === 'CANCELLED' ? null : { code: one.verdict },
    bench.leafOf(one.parentId ?? one.id, one.verdict === 'CANCELLED' ? 'cancel' : 'fail'),
  );
const entriesFor = async (jobId: string) => (await bench.jobs.takeUnsent(10_000, 10_000)).filter((entry) => entry.jobId === jobId);

/** What must be true of a job that has ended, however it did: its leaf tells of it once, and nothing of its parts is left. */
async function expectNothingLeft({ parent, ids }: { readonly parent: Claim; readonly ids: readonly string[] }): Promise<void> {
  const { rows } = await bench.raw.query(
    `SELECT (SELECT count(*)::integer FROM job WHERE id = ANY($1) OR parent_id = $2) AS parts,
      (SELECT count(*)::integer FROM attempt WHERE job_id = ANY($1)) AS attempts,
      (SELECT count(*)::integer FROM attempt WHERE job_id = $2 AND ended_at IS NULL) AS open,
      (SELECT count(*)::integer FROM outbox WHERE job_id = ANY($1) OR job_id = $2) AS entries,
      (SELECT count(*)::integer FROM payload WHERE id = ANY($3)) AS payloads`,
    [ids, parent.jobId, payloadsOf(parent.jobId)],
  );
  expect(rows).toEqual([{ parts: 0, attempts: 0, open: 0, entries: 0, payloads: 0 }]);
  const job = await of({ parent });
  const told = job?.state === 'SUCCEEDED' ? 'complete' : job?.state === 'CANCELLED' ? 'cancel' : 'fail';
  expect(await bench.leaves(parent.jobId)).toEqual(['submit', told]);
}

describe('a fan-out', () => {
  it('queues every part in its order, and the whole waits RUNNING in its attempt', async () => {
    const job = await cut(3);
    expect(await of(job)).toMatchObject({ state: 'RUNNING', attempt: 1, progress: { done: 0, total: 30, phase: 'explaining' } });
    const queued = (await bench.jobs.takeUnsent(10_000, 10_000)).map(({ jobId }) => jobId).filter((id) => job.ids.includes(id));
    expect(queued).toEqual(job.ids);
    const claims = await claimAll(job.ids);
    expect(claims.map(({ part }) => part)).toEqual(job.ids.map((_, index) => ({ parentId: job.parent.jobId, index })));
    for (const claim of claims)
      expect(claim).toMatchObject({
        principal: job.parent.principal,
        requestPayloadId: job.parent.requestPayloadId,
        deadlineAt: job.parent.deadlineAt,
        parts: null,
      });
  });

  it('leaves a whole that nobody takes for lost, claims or queues again', async () => {
    const job = await cut(2);
    expect(await bench.jobs.claim(job.parent.jobId, 'w2', 15, MAX_ATTEMPTS)).toBeNull();
    expect(await bench.jobs.requeueExpiredLeases(MAX_ATTEMPTS)).not.toContain(job.parent.jobId);
    expect(await abandonedOf(job)).toEqual([]);
    expect(await entriesFor(job.parent.jobId)).toEqual([]);
  });

  it('is done once, by the epoch that holds the job', async () => {
    const job = await cut(2);
    expect(await parts.fanOut(job.parent, [{ id: uuidv7(), evaluations: 1 }])).toBe(false);
    const zombie = await bench.claimed((await bench.create()).id);
    await bench.expireLease(zombie.jobId);
    const ids = [uuidv7()];
    const holder = await bench.claimed(zombie.jobId, 'w2');
    const plan = ids.map((id) => ({ id, evaluations: 1 }));
    expect(await parts.fanOut(zombie, plan)).toBe(false);
    expect(await parts.fanOut(holder, plan)).toBe(true);
    expect(await of(job)).toMatchObject({ progress: { total: 20 } });
  });

  it('of a job that was cancelled meanwhile makes no part', async () => {
    const parent = await bench.claimed((await bench.create()).id);
    await cancel({ parent });
    expect(await parts.fanOut(parent, [{ id: uuidv7(), evaluations: 1 }])).toBe(false);
    expect(await bench.jobs.commitEnd(parent, 'CANCELLED', null, bench.leafOf(parent.jobId, 'cancel'))).toBe(true);
    await expectNothingLeft({ parent, ids: [] });
  });
});

describe('a fan-in', () => {
  it('begins when the last part is done, not before, whatever the order, and merges in the order of the parts', async () => {
    const job = await cut(3);
    const claims = await claimAll(job.ids);
    for (const claim of [...claims].reverse()) {
      expect(await entriesFor(job.parent.jobId)).toEqual([]);
      expect(await bench.jobs.claim(job.parent.jobId, 'w2', 15, MAX_ATTEMPTS)).toBeNull();
      expect(await finish(claim)).toBe(true);
    }
    expect(await entriesFor(job.parent.jobId)).toHaveLength(1);
    const merger = await bench.claimed(job.parent.jobId, 'w2');
    expect(merger).toMatchObject({ attempt: 1, epoch: job.parent.epoch + 1, parts: 3, part: null });
    expect(await parts.listFinished(merger)).toEqual(
      [...payloadsOf(merger.jobId)].reverse().map((payloadId) => ({ payloadId, costs, attempts: 1 })),
    );
    expect(await bench.jobs.commitSuccess(merger, await bench.explanationFor(merger), bench.leafOf(merger.jobId, 'complete'))).toBe(true);
    await expectNothingLeft(job);
  });

  it('is queued once when the last parts are done at the same moment', async () => {
    const job = await cut(8);
    const claims = await claimAll(job.ids);
    expect(await Promise.all(claims.map(finish))).toEqual(claims.map(() => true));
    expect(await entriesFor(job.parent.jobId)).toHaveLength(1);
    const merger = await bench.claimed(job.parent.jobId, 'w2');
    expect(await parts.listFinished(merger)).toHaveLength(8);
  });

  it('spends an attempt only when an earlier one was lost while it merged', async () => {
    const job = await cut(1);
    for (const claim of await claimAll(job.ids)) await finish(claim);
    const first = await bench.claimed(job.parent.jobId, 'w2');
    await bench.expireLease(job.parent.jobId);
    const second = await bench.claimed(job.parent.jobId, 'w3');
    expect([first.attempt, second.attempt]).toEqual([1, 2]);
    expect(await bench.jobs.commitSuccess(first, await bench.explanationFor(first), bench.leafOf(first.jobId, 'complete'))).toBe(false);
    expect(await parts.listFinished(second)).toHaveLength(1);
    expect(await bench.jobs.commitSuccess(second, await bench.explanationFor(second), bench.leafOf(second.jobId, 'complete'))).toBe(true);
    await expectNothingLeft(job);
  });

  it('is not refused to a job that used its last attempt to be cut', async () => {
    const { id } = await bench.create();
    for (let lost = 1; lost < MAX_ATTEMPTS; lost++) {
      await bench.claimed(id);
      await bench.expireLease(id);
    }
    const parent = await bench.claimed(id);
    const part = uuidv7();
    await parts.fanOut(parent, [{ id: part, evaluations: 10 }]);
    await finish(await bench.claimed(part));
    expect(await bench.claimed(id)).toMatchObject({ attempt: MAX_ATTEMPTS, parts: 1 });
  });
});

describe('progress of the whole', () => {
  it('is what its parts have done, and never goes back when one starts again', async () => {
    const job = await cut(2);
    const [first] = await claimAll(job.ids);
    if (first === undefined) throw new Error('not cut');
    const done = async () => (await of(job))?.progress.done;
    await bench.jobs.heartbeat(first, { done: 6, total: 10, phase: 'explaining' }, 15);
    expect(await done()).toBe(6);
    await bench.expireLease(first.jobId);
    const again = await bench.claimed(first.jobId, 'w2');
    await bench.jobs.heartbeat(again, { done: 2, total: 10, phase: 'explaining' }, 15);
    expect(await done()).toBe(6);
    await bench.jobs.heartbeat(again, { done: 7, total: 10, phase: 'explaining' }, 15);
    expect(await done()).toBe(7);
    await finish(again);
    expect(await of(job)).toMatchObject({ progress: { done: 10, total: 20 } });
  });
});

describe('a part whose worker was lost', () => {
  it('passes on, and the earlier holder writes nothing, neither a result nor an end', async () => {
    const job = await cut(2);
    const [id = ''] = job.ids;
    const zombie = await bench.claimed(id, 'w1');
    await bench.expireLease(id);
    expect(await bench.jobs.requeueExpiredLeases(MAX_ATTEMPTS)).toEqual([id]);
    const holder = await bench.claimed(id, 'w2');
    expect(await finish(zombie)).toBe(false);
    expect(await failPart(zombie)).toBe(false);
    expect(await bench.jobs.release(zombie, 'SHUTDOWN')).toBe(false);
    expect(await bench.jobs.heartbeat(zombie, { done: 9, total: 10, phase: 'explaining' }, 15)).toBe('lost');
    expect(await of(job)).toMatchObject({ state: 'RUNNING', progress: { done: 0 } });
    const written = await bench.raw.query('SELECT 1 FROM payload WHERE id = $1', [...payloadsOf(job.parent.jobId)]);
    expect(written.rowCount).toBe(0);
    expect(await finish(holder)).toBe(true);
    expect(await finish(holder)).toBe(false);
    // One of two is done: a second end of it must not count as the other's.
    expect(await entriesFor(job.parent.jobId)).toEqual([]);
  });

  it('fails the whole when its attempts are spent', async () => {
    const job = await cut(3);
    const [lost = '', ...others] = job.ids;
    const [running] = await claimAll(others.slice(0, 1));
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      await bench.claimed(lost);
      await bench.expireLease(lost);
    }
    const [abandoned, ...more] = await abandonedOf(job);
    expect(more).toEqual([]);
    expect(abandoned).toMatchObject({ id: lost, parentId: job.parent.jobId, verdict: 'WORKER_LOST' });
    if (abandoned === undefined || running === undefined) throw new Error('nothing found');
    expect(await endAbandoned(abandoned)).toBe(true);
    expect(await endAbandoned(abandoned)).toBe(false);
    expect(await of(job)).toMatchObject({ state: 'FAILED', error: { code: 'WORKER_LOST' } });
    expect(await bench.jobs.heartbeat(running, { done: 1, total: 10, phase: 'explaining' }, 15)).toBe('lost');
    expect(await finish(running)).toBe(false);
    await expectNothingLeft(job);
  });

  it('is not ended by a reconciler that saw it before another worker took it', async () => {
    const job = await cut(1);
    const [id = ''] = job.ids;
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      await bench.claimed(id);
      await bench.expireLease(id);
    }
    const [seen] = await abandonedOf(job);
    if (seen === undefined) throw new Error('not found');
    await bench.raw.query('UPDATE attempt SET outcome = $2 WHERE job_id = $1', [id, 'SHUTDOWN']);
    const holder = await bench.claimed(id, 'w2');
    expect(await endAbandoned(seen)).toBe(false);
    expect(await finish(holder)).toBe(true);
  });
});

describe('a failed part', () => {
  it('fails the whole with its error, once, and the others find nothing to write to', async () => {
    const job = await cut(4);
    const [done, failed, other] = await claimAll(job.ids.slice(0, 3));
    if (done === undefined || failed === undefined || other === undefined) throw new Error('not cut');
    await finish(done);
    expect(await failPart(failed)).toBe(true);
    expect(await of(job)).toMatchObject({ state: 'FAILED', error: { code: 'MODEL_CRASHED' }, explanationId: null });
    expect(await failPart(other, 'INTERNAL')).toBe(false);
    expect(await finish(other)).toBe(false);
    expect(await stopPart(other)).toBe(false);
    expect(await bench.jobs.claim(job.ids[3] ?? '', 'w2', 15, MAX_ATTEMPTS)).toBeNull();
    await expectNothingLeft(job);
  });

  it('ends the whole once when two fail and one succeeds at the same moment', async () => {
    for (let round = 0; round < 10; round++) {
      const job = await cut(3);
      const [one, two, three] = await claimAll(job.ids);
      if (one === undefined || two === undefined || three === undefined) throw new Error('not cut');
      const ended = await Promise.all([failPart(one), finish(two), failPart(three)]);
      expect([ended[0], ended[2]].filter(Boolean)).toHaveLength(1);
      expect(await of(job)).toMatchObject({ state: 'FAILED' });
      await expectNothingLeft(job);
    }
  });

  it('while the whole is being cancelled ends it as failed, as it would a job without parts, and its leaf says so', async () => {
    const job = await cut(2);
    const [one, two] = await claimAll(job.ids);
    if (one === undefined || two === undefined) throw new Error('not cut');
    await cancel(job);
    expect(await stopPart(one)).toBe(true);
    expect(await failPart(two)).toBe(true);
    expect(await of(job)).toMatchObject({ state: 'FAILED', error: { code: 'MODEL_CRASHED' } });
    await expectNothingLeft(job);
  });
});

describe('the deadline', () => {
  it('of waiting parts ends the whole with DEADLINE_EXCEEDED, once', async () => {
    const job = await cut(3);
    const [running] = await claimAll(job.ids.slice(0, 1));
    await bench.expireDeadline(job.parent.jobId);
    // The running part has a live worker, who ends it; the whole waits and is never abandoned itself.
    const abandoned = await abandonedOf(job);
    expect(abandoned.map(({ id, verdict }) => [id, verdict])).toEqual(job.ids.slice(1).map((id) => [id, 'DEADLINE_EXCEEDED']));
    expect(await Promise.all(abandoned.map(endAbandoned))).toEqual(expect.arrayContaining([true, false]));
    expect(await of(job)).toMatchObject({ state: 'FAILED', error: { code: 'DEADLINE_EXCEEDED' } });
    if (running === undefined) throw new Error('not claimed');
    expect(await bench.jobs.heartbeat(running, { done: 1, total: 10, phase: 'explaining' }, 15)).toBe('lost');
    await expectNothingLeft(job);
  });

  it('that passes before the merge ends the whole, although every part is done', async () => {
    const job = await cut(1);
    for (const claim of await claimAll(job.ids)) await finish(claim);
    await bench.expireDeadline(job.parent.jobId);
    const [abandoned, ...more] = await abandonedOf(job);
    expect(more).toEqual([]);
    expect(abandoned).toMatchObject({ id: job.parent.jobId, parentId: null, verdict: 'DEADLINE_EXCEEDED' });
    if (abandoned === undefined) throw new Error('not found');
    expect(await endAbandoned(abandoned)).toBe(true);
    await expectNothingLeft(job);
  });
});

describe('entries that the queue lost', () => {
  it('are found again: of each part that nobody holds, then of the whole that is to be merged', async () => {
    const job = await cut(3);
    const publish = async () => bench.jobs.markSent(await bench.jobs.takeUnsent(10_000, 10_000));
    const lost = async () =>
      (await bench.jobs.findWaiting(0, 10_000)).map(({ jobId }) => jobId).filter((id) => id === job.parent.jobId || job.ids.includes(id));
    await publish();
    expect(await lost()).toEqual(job.ids);
    const claims = await claimAll(job.ids);
    expect(await lost()).toEqual([]);
    for (const claim of claims) await finish(claim);
    await publish();
    expect(await lost()).toEqual([job.parent.jobId]);
    await bench.claimed(job.parent.jobId);
    expect(await lost()).toEqual([]);
  });
});

describe('cancel', () => {
  it('ends a whole at once when no part is running, although some are done and one was abandoned', async () => {
    const job = await cut(3);
    const [done, abandoned] = await claimAll(job.ids.slice(0, 2));
    if (done === undefined || abandoned === undefined) throw new Error('not cut');
    await finish(done);
    await bench.expireLease(abandoned.jobId);
    expect(await cancel(job)).toMatchObject({ kind: 'accepted', job: { state: 'CANCELLED' } });
    expect(await finish(abandoned)).toBe(false);
    await expectNothingLeft(job);
  });

  it('waits for the parts that are running, which learn of it, and the last of them ends the whole', async () => {
    const job = await cut(4);
    const [one, two] = await claimAll(job.ids.slice(0, 2));
    if (one === undefined || two === undefined) throw new Error('not cut');
    expect(await cancel(job)).toMatchObject({ job: { state: 'CANCELLING' } });
    expect(await bench.jobs.claim(job.ids[2] ?? '', 'w2', 15, MAX_ATTEMPTS)).toBeNull();
    for (const claim of [one, two]) {
      expect(await bench.jobs.heartbeat(claim, { done: 1, total: 10, phase: 'explaining' }, 15)).toBe('cancelling');
      expect(await finish(claim)).toBe(false);
    }
    expect(await stopPart(one)).toBe(true);
    expect(await of(job)).toMatchObject({ state: 'CANCELLING' });
    expect(await stopPart(two)).toBe(true);
    expect(await of(job)).toMatchObject({ state: 'CANCELLED', explanationId: null });
    await expectNothingLeft(job);
  });

  it('of a part whose worker dies of it is ended by the reconciler', async () => {
    const job = await cut(2);
    const [one] = await claimAll(job.ids.slice(0, 1));
    await cancel(job);
    expect(await abandonedOf(job)).toEqual([]);
    await bench.expireLease(one?.jobId ?? '');
    const [abandoned, ...more] = await abandonedOf(job);
    expect(more).toEqual([]);
    expect(abandoned).toMatchObject({ id: one?.jobId, verdict: 'CANCELLED' });
    if (abandoned === undefined) throw new Error('not found');
    expect(await endAbandoned(abandoned)).toBe(true);
    expect(await of(job)).toMatchObject({ state: 'CANCELLED' });
    await expectNothingLeft(job);
  });

  it('while the parts are merged leaves the merger nothing to commit', async () => {
    const job = await cut(1);
    for (const claim of await claimAll(job.ids)) await finish(claim);
    const merger = await bench.claimed(job.parent.jobId);
    expect(await cancel(job)).toMatchObject({ job: { state: 'CANCELLING' } });
    expect(await bench.jobs.commitSuccess(merger, await bench.explanationFor(merger), bench.leafOf(merger.jobId, 'complete'))).toBe(false);
    expect(await bench.jobs.commitEnd(merger, 'CANCELLED', null, bench.leafOf(merger.jobId, 'cancel'))).toBe(true);
    await expectNothingLeft(job);
  });

  it('and the end of the last part at the same moment leave either a whole to merge or one that was cancelled', async () => {
    for (let round = 0; round < 10; round++) {
      const job = await cut(2);
      const [one, two] = await claimAll(job.ids);
      if (one === undefined || two === undefined) throw new Error('not cut');
      await finish(one);
      const [finished, outcome] = await Promise.all([finish(two), cancel(job)]);
      // All parts done and nobody merging: the reconciler ends it. The last part stopped: that ends it.
      expect(outcome).toMatchObject({ kind: 'accepted', job: { state: 'CANCELLING' } });
      const [abandoned] = await abandonedOf(job);
      if (finished) expect(abandoned).toMatchObject({ id: job.parent.jobId, verdict: 'CANCELLED' });
      expect(abandoned === undefined ? await stopPart(two) : await endAbandoned(abandoned)).toBe(true);
      expect(await of(job)).toMatchObject({ state: 'CANCELLED' });
      await expectNothingLeft(job);
    }
  });
});
