import type { AbandonedJob, AuditLeaf, OutboxEntry } from '#jobs';
import { Prisma } from '../generated/client.js';
import type { Transaction } from '../database/database.js';
import { mayRun } from './claim-job.js';
import { databaseTime } from '../database/database-time.js';
import { dropParts, endPart } from './job-parts.js';
import { insertLeaf, notifyOutbox, queueAgain } from './insert-rows.js';

export function findWaiting(transaction: Transaction, olderThanSeconds: number, limit: number): Promise<OutboxEntry[]> {
  return transaction.$queryRaw<OutboxEntry[]>`
    SELECT o.id, o.job_id::text AS "jobId", o.epoch, o.queue, o.method, o.priority + coalesce(o.turn, 0) AS priority, coalesce(o.turn, 0) AS turn
    FROM job j JOIN outbox o ON o.job_id = j.id AND o.epoch = j.lease_epoch
    WHERE (j.state = 'QUEUED' OR (j.state = 'RUNNING' AND j.lease_until <= clock_timestamp()))
      AND o.sent_at < clock_timestamp() - make_interval(secs => ${olderThanSeconds}::double precision)
      AND j.deadline_at > clock_timestamp()
    ORDER BY o.id
    LIMIT ${limit}`;
}

export async function requeueExpiredLeases(transaction: Transaction, maxAttempts: number): Promise<string[]> {
  const rows = await transaction.$queryRaw<{ job_id: string }[]>`
    ${queueAgain}
    FROM job
    WHERE job.state = 'RUNNING' AND job.lease_until <= clock_timestamp() AND ${mayRun(maxAttempts)} AND job.deadline_at > clock_timestamp()
      AND NOT EXISTS (SELECT FROM outbox o WHERE o.job_id = job.id AND o.epoch = job.lease_epoch)
    RETURNING job_id::text`;
  if (rows.length > 0) await notifyOutbox(transaction);
  return rows.map((row) => row.job_id);
}

// A job past its deadline whose child is alive is the parent's to kill; here are only those that nobody holds.
export function findAbandoned(transaction: Transaction, maxAttempts: number, limit: number): Promise<AbandonedJob[]> {
  return transaction.$queryRaw<AbandonedJob[]>`
    SELECT id::text, tenant_id AS tenant, actor, lease_epoch AS epoch, attempt, parent_id::text AS "parentId",
      CASE
        WHEN state = 'CANCELLING' THEN 'CANCELLED'
        WHEN state = 'QUEUED' AND parent_id IS NULL THEN 'EXPIRED'
        WHEN deadline_at <= clock_timestamp() THEN 'DEADLINE_EXCEEDED'
        ELSE 'WORKER_LOST'
      END AS verdict
    FROM job
    WHERE (state = 'QUEUED' AND deadline_at <= clock_timestamp())
      OR (state = 'CANCELLING' AND lease_until <= clock_timestamp())
      OR (state = 'RUNNING' AND lease_until <= clock_timestamp() AND (NOT ${mayRun(maxAttempts)} OR deadline_at <= clock_timestamp()))
    ORDER BY created_at
    LIMIT ${limit}`;
}

export async function endAbandoned(
  transaction: Transaction,
  job: AbandonedJob,
  error: Readonly<Record<string, unknown>> | null,
  leaf: AuditLeaf,
): Promise<boolean> {
  if (job.parentId !== null) {
    const fence = Prisma.sql`lease_epoch = ${job.epoch} AND (state = 'QUEUED' OR (state IN ('RUNNING', 'CANCELLING') AND lease_until <= clock_timestamp()))`;
    return endPart(transaction, { id: job.id, parentId: job.parentId, fence, outcome: job.verdict }, error, leaf);
  }
  const state = job.verdict === 'CANCELLED' ? 'CANCELLED' : job.verdict === 'EXPIRED' ? 'EXPIRED' : 'FAILED';
  const now = await databaseTime(transaction);
  const ended = await transaction.job.updateMany({
    where: {
      id: job.id,
      leaseEpoch: job.epoch,
      OR: [{ state: 'QUEUED' }, { state: { in: ['RUNNING', 'CANCELLING'] }, leaseUntil: { lte: now } }],
    },
    // The epoch moves on, so that a worker thought lost cannot write any more.
    data: {
      state,
      finishedAt: now,
      leaseUntil: null,
      leaseEpoch: job.epoch + 1,
      progressPhase: 'done',
      error: error === null ? Prisma.DbNull : (error as Prisma.InputJsonObject),
    },
  });
  if (ended.count === 0) return false;
  await dropParts(transaction, job.id);
  await transaction.$executeRaw`UPDATE attempt SET ended_at = clock_timestamp(), outcome = ${job.verdict} WHERE job_id = ${job.id}::uuid AND ended_at IS NULL`;
  await insertLeaf(transaction, { tenant: job.tenant, actor: job.actor }, leaf);
  return true;
}
