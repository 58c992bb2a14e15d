import { beforeEach, describe, expect, it } from '@jest/globals';
import { localPrincipal } from '#access';
import { KeyRing, payloadContext, seal } from '#history';
import { auditWho, recordAudit, type Claim, type Job, type NewExplanation } from '#jobs';
import { SystemClock } from '#platform';
import { uuidv7 } from 'uuidv7';
import { MemoryDatabase } from './memory-database.js';
import { MemoryExplanationStore } from './memory-explanation-store.js';
import { MemoryJobStore } from './memory-job-store.js';
import { MemoryKeyStore } from './memory-key-store.js';
import { MemoryNotices } from './memory-notices.js';

// The laws that prisma-job-store.spec.ts states for PostgreSQL, so that what is tested in memory holds there.

const clock = new SystemClock();
let database: MemoryDatabase;
let jobs: MemoryJobStore;
let keys: KeyRing;

beforeEach(() => {
  database = new MemoryDatabase(new MemoryNotices());
  jobs = new MemoryJobStore(database);
  keys = new KeyRing(new MemoryKeyStore(database), new Uint8Array(32).fill(3));
});

const leaf = (id: string, event: 'submit' | 'complete' | 'fail' | 'cancel') =>
  recordAudit(clock, event, auditWho(localPrincipal, 'r'), id, {});
const events = (id: string) => database.leaves.filter((one) => one.record.subject === id).map((one) => one.record.event);
const later = (seconds: number) => (database.aheadMs += seconds * 1000);

async function create(deadlineSeconds = 600): Promise<Job> {
  const freshKey = await keys.createSubjectKey('default', 'local');
  const [id, payloadId] = [uuidv7(), uuidv7()];
  const request = {
    id: payloadId,
    kind: 'request',
    name: null,
    sealed: seal(freshKey.dataKey, Buffer.from('{}'), payloadContext(payloadId)),
  } as const;
  const model = { name: 'toy', version: '1', versionId: uuidv7(), sha256: 'ab'.repeat(32), alias: 'production' };
  return jobs.create(
    localPrincipal,
    {
      ...{ id, method: 'kernel-shap', family: 'shap', queue: 'vitrine-shap', model, labels: {}, priority: 'normal', seed: 7, cache: 'use' },
      ...{ purpose: null, deadlineSeconds, requestId: 'r', request, subjectKeyId: freshKey.id, freshKey, datasets: [] },
    },
    leaf(id, 'submit'),
  );
}

async function claimed(id: string, worker = 'w1'): Promise<Claim> {
  const claim = await jobs.claim(id, worker, 15, 3);
  if (claim === null) throw new Error('not claimed');
  return claim;
}

async function explanationFor(claim: Claim): Promise<NewExplanation> {
  const key = await keys.openSubjectKey('default', claim.subjectKeyId);
  if (key === null) throw new Error('no key');
  const id = uuidv7();
  const sealed = seal(key.dataKey, Buffer.from('{"result":1}'), payloadContext(id));
  return {
    ...{
      id: uuidv7(),
      predictedClass: 'positive',
      confidence: 0.9,
      inputCommitment: sealed.commitment,
      result: { id, kind: 'result', name: null, sealed },
    },
    ...{
      tensors: [],
      evaluations: 10,
      modelRows: 10,
      budget: 10,
      estimated: true,
      truncated: false,
      warningCodes: [],
      timing: {},
      environment: {},
      words: { terms: [], complete: true },
    },
  };
}

const succeed = async (claim: Claim) => jobs.commitSuccess(claim, await explanationFor(claim), leaf(claim.jobId, 'complete'));

describe('a claim', () => {
  it('is given to exactly one of many that ask at once', async () => {
    const { id } = await create();
    const claims = await Promise.all(Array.from({ length: 6 }, (_item, index) => jobs.claim(id, `w${index}`, 15, 3)));
    expect(claims.filter((claim) => claim !== null)).toHaveLength(1);
    expect(await jobs.find('default', id)).toMatchObject({ state: 'RUNNING', attempt: 1 });
  });

  it('passes on when the lease has expired, and the earlier holder can write nothing any more', async () => {
    const { id } = await create();
    const first = await claimed(id, 'w1');
    expect(await jobs.claim(id, 'w2', 15, 3)).toBeNull();
    later(16);
    const second = await claimed(id, 'w2');
    expect(second).toMatchObject({ epoch: first.epoch + 1, attempt: 2, attempts: [{ number: 1, outcome: 'LEASE_EXPIRED' }] });
    expect(await jobs.heartbeat(first, { done: 1, total: 2, phase: 'x' }, 15)).toBe('lost');
    expect(await succeed(first)).toBe(false);
    expect(await jobs.commitEnd(first, 'FAILED', { code: 'INTERNAL' }, leaf(id, 'fail'))).toBe(false);
    expect(await jobs.release(first, 'SHUTDOWN')).toBe(false);
    expect(database.explanations.size).toBe(0);
    expect(await succeed(second)).toBe(true);
    expect(await succeed(second)).toBe(false);
    expect(events(id)).toEqual(['submit', 'complete']);
    expect(await new MemoryExplanationStore(database).list('default', { labels: {} }, null, 9)).toHaveLength(1);
  });

  it('is refused once the attempts are spent, or the deadline has passed, or the job has ended', async () => {
    const spent = await create();
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      await claimed(spent.id);
      later(16);
    }
    expect(await jobs.claim(spent.id, 'w', 15, 3)).toBeNull();
    const late = await create(1);
    later(2);
    expect(await jobs.claim(late.id, 'w', 15, 3)).toBeNull();
    const ended = await create();
    await jobs.cancel('default', ended.id, leaf(ended.id, 'cancel'));
    expect(await jobs.claim(ended.id, 'w', 15, 3)).toBeNull();
  });

  it('given back leaves the job RUNNING and puts its epoch into the outbox', async () => {
    const { id } = await create();
    expect(await jobs.release(await claimed(id), 'SHUTDOWN')).toBe(true);
    expect((await jobs.takeUnsent(9, 9)).map((entry) => entry.epoch)).toEqual([1]);
    expect(await claimed(id)).toMatchObject({ attempt: 2, attempts: [{ number: 1, outcome: 'SHUTDOWN' }] });
  });
});

describe('cancel', () => {
  it('ends a waiting job, asks the holder of a running one, and sees no job of another tenant', async () => {
    const waiting = await create();
    expect(await jobs.cancel('other', waiting.id, leaf(waiting.id, 'cancel'))).toEqual({ kind: 'absent' });
    expect(await jobs.cancel('default', waiting.id, leaf(waiting.id, 'cancel'))).toMatchObject({
      kind: 'accepted',
      job: { state: 'CANCELLED' },
    });
    const running = await create();
    const claim = await claimed(running.id);
    expect(await jobs.cancel('default', running.id, leaf(running.id, 'cancel'))).toMatchObject({
      kind: 'accepted',
      job: { state: 'CANCELLING' },
    });
    expect(await jobs.heartbeat(claim, { done: 1, total: 2, phase: 'x' }, 15)).toBe('cancelling');
    expect(await succeed(claim)).toBe(false);
    expect(await jobs.commitEnd(claim, 'CANCELLED', null, leaf(running.id, 'cancel'))).toBe(true);
    expect(await jobs.cancel('default', running.id, leaf(running.id, 'cancel'))).toMatchObject({ kind: 'terminal' });
    expect([events(waiting.id), events(running.id)]).toEqual([
      ['submit', 'cancel'],
      ['submit', 'cancel'],
    ]);
  });
});

describe('the reconciler’s questions', () => {
  it('find what nobody will run any more, each with its verdict', async () => {
    const lost = await create(6000);
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      await claimed(lost.id);
      later(16);
    }
    const [expired, overdue, cancelled] = [await create(10), await create(10), await create()];
    await claimed(overdue.id);
    await claimed(cancelled.id);
    await jobs.cancel('default', cancelled.id, leaf(cancelled.id, 'cancel'));
    expect((await jobs.findAbandoned(3, 9)).map((one) => one.id)).toEqual([lost.id]);
    later(16);
    const found = await jobs.findAbandoned(3, 9);
    const verdict = (job: Job) => found.find((one) => one.id === job.id)?.verdict;
    expect([expired, overdue, lost, cancelled].map(verdict)).toEqual(['EXPIRED', 'DEADLINE_EXCEEDED', 'WORKER_LOST', 'CANCELLED']);
    for (const one of found) {
      expect(await jobs.endAbandoned(one, null, leaf(one.id, 'fail'))).toBe(true);
      expect(await jobs.endAbandoned(one, null, leaf(one.id, 'fail'))).toBe(false);
    }
    expect(await Promise.all([lost, expired, cancelled].map(async (job) => (await jobs.find('default', job.id))?.state))).toEqual([
      'FAILED',
      'EXPIRED',
      'CANCELLED',
    ]);
  });

  it('queue an expired lease again, once per epoch, and find sent entries of jobs that still wait', async () => {
    const { id } = await create();
    await jobs.markSent(await jobs.takeUnsent(9, 9));
    expect(await jobs.findWaiting(5, 9)).toEqual([]);
    later(6);
    expect((await jobs.findWaiting(5, 9)).map((entry) => entry.jobId)).toEqual([id]);
    await claimed(id);
    expect(await jobs.findWaiting(5, 9)).toEqual([]);
    expect(await jobs.requeueExpiredLeases(3)).toEqual([]);
    expect(await jobs.expireAllLeases()).toBe(1);
    expect(await jobs.requeueExpiredLeases(3)).toEqual([id]);
    expect(await jobs.requeueExpiredLeases(3)).toEqual([]);
  });
});
