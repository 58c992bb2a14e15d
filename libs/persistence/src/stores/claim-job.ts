import { type Claim } from '#jobs';
import { Prisma } from '../generated/client.js';
import type { Transaction } from '../database/database.js';
import { toClaim } from './job-rows.js';
import { notifyJob, notifyOutbox, queueAgain } from './insert-rows.js';

/** Runs that count against a job's limit: one that was given back by an orderly stop does not. */
export const spentAttempts = Prisma.sql`(SELECT count(*) FROM attempt a WHERE a.job_id = job.id AND a.outcome IS DISTINCT FROM 'SHUTDOWN')`;

/** The compare-and-set that gives a job to exactly one worker. All times are the database's. */
export async function claimJob(
  transaction: Transaction,
  id: string,
  worker: string,
  leaseSeconds: number,
  maxAttempts: number,
): Promise<Claim | null> {
  const claimed = await transaction.$queryRaw<{ remaining_ms: number }[]>`
    UPDATE job SET
      state = 'RUNNING',
      lease_epoch = lease_epoch + 1,
      attempt = attempt + 1,
      lease_until = clock_timestamp() + make_interval(secs => ${leaseSeconds}::double precision),
      worker = ${worker},
      started_at = coalesce(started_at, clock_timestamp()),
      progress_phase = 'starting'
    WHERE id = ${id}::uuid
      AND (state = 'QUEUED' OR (state = 'RUNNING' AND lease_until <= clock_timestamp()))
      AND ${spentAttempts} < ${maxAttempts}
      AND deadline_at > clock_timestamp()
    RETURNING (extract(epoch FROM deadline_at - clock_timestamp()) * 1000)::double precision AS remaining_ms`;
  const first = claimed[0];
  if (first === undefined) return null;
  await transaction.$executeRaw`UPDATE attempt SET ended_at = clock_timestamp(), outcome = 'LEASE_EXPIRED' WHERE job_id = ${id}::uuid AND ended_at IS NULL`;
  const row = await transaction.job.findUniqueOrThrow({ where: { id } });
  await transaction.$executeRaw`
    INSERT INTO attempt (job_id, number, tenant_id, actor, epoch, worker, started_at)
    VALUES (${id}::uuid, ${row.attempt}, ${row.tenantId}, ${row.actor}, ${row.leaseEpoch}, ${worker}, clock_timestamp())`;
  await notifyJob(transaction, id);
  const attempts =
    row.attempt === 1
      ? []
      : await transaction.attempt.findMany({ where: { jobId: id, number: { lt: row.attempt } }, orderBy: { number: 'asc' } });
  return toClaim(row, first.remaining_ms, attempts);
}

/** Gives the lease back: the row stays RUNNING, and an outbox row under this epoch brings it to the next worker. */
export async function releaseJob(transaction: Transaction, claim: Claim, outcome: string): Promise<boolean> {
  const released = await transaction.$executeRaw`
    UPDATE job SET lease_until = clock_timestamp(), progress_phase = 'queued'
    WHERE id = ${claim.jobId}::uuid AND lease_epoch = ${claim.epoch} AND state = 'RUNNING'`;
  if (released === 0) return false;
  await endAttempt(transaction, claim, outcome);
  await transaction.$executeRaw`${queueAgain} FROM job WHERE job.id = ${claim.jobId}::uuid`;
  await notifyOutbox(transaction);
  await notifyJob(transaction, claim.jobId);
  return true;
}

export async function endAttempt(transaction: Transaction, claim: Pick<Claim, 'jobId' | 'attempt'>, outcome: string): Promise<void> {
  await transaction.$executeRaw`UPDATE attempt SET ended_at = clock_timestamp(), outcome = ${outcome} WHERE job_id = ${claim.jobId}::uuid AND number = ${claim.attempt} AND ended_at IS NULL`;
}
