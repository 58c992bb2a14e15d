import { type Claim } from '#jobs';
import { Prisma } from '../generated/client.js';
import { EVERY_TENANT, type Database, type Transaction } from '../database/database.js';
import { jobRecord } from './job-record.js';
import { toClaim, type ClaimedRow } from './job-rows.js';
import { versionColumns } from './model-rows.js';
import { notifyOutbox, queueAgain } from './insert-rows.js';

/** Runs that count against a job's limit: one that was given back by an orderly stop does not. */
export const spentAttempts = Prisma.sql`(SELECT count(*) FROM attempt a WHERE a.job_id = job.id AND a.outcome IS DISTINCT FROM 'SHUTDOWN')`;

/** Parts are done and nobody has begun to merge them: that goes on with the attempt that cut the job into parts. */
const toBeMerged = Prisma.sql`(job.parts_open IS NOT DISTINCT FROM 0 AND NOT job.merging)`;

/** Whether another run may be started: attempts are left, or it is the same attempt that goes on. */
export function mayRun(maxAttempts: number): Prisma.Sql {
  return Prisma.sql`(${spentAttempts} < ${maxAttempts} OR ${toBeMerged})`;
}

/**
 * The compare-and-set that gives a job to exactly one worker, with its sealed request and its model. All times are the database's.
 *
 * Keys are compared as uuid: a cast of a column is not leakproof, so that under row-level security it would keep the planner from the index.
 */
export async function claimJob(
  database: Database,
  id: string,
  worker: string,
  leaseSeconds: number,
  maxAttempts: number,
): Promise<Claim | null> {
  const [row] = await database.run<ClaimedRow & { readonly started: number | null }>(
    EVERY_TENANT,
    Prisma.sql`
    /* claim-job */
    WITH claimed AS (
      UPDATE job SET
        state = 'RUNNING',
        lease_epoch = lease_epoch + 1,
        attempt = attempt + CASE WHEN ${toBeMerged} THEN 0 ELSE 1 END,
        merging = parts_open IS NOT DISTINCT FROM 0,
        lease_until = clock_timestamp() + make_interval(secs => ${leaseSeconds}::double precision),
        worker = ${worker},
        started_at = coalesce(started_at, clock_timestamp()),
        progress_phase = CASE WHEN parts_open = 0 THEN 'merging' ELSE 'starting' END
      WHERE id = ${id}::uuid
        AND (state = 'QUEUED' OR (state = 'RUNNING' AND lease_until <= clock_timestamp()))
        AND ${mayRun(maxAttempts)}
        AND deadline_at > clock_timestamp()
      RETURNING ${jobRecord}, job.request_payload_id AS payload_key, job.model_version_id AS version_key, (extract(epoch FROM deadline_at - clock_timestamp()) * 1000)::double precision AS "remainingMs"
    ), expired AS (
      UPDATE attempt SET ended_at = clock_timestamp(), outcome = 'LEASE_EXPIRED'
      FROM claimed WHERE job_id = ${id}::uuid AND number <> claimed.attempt AND ended_at IS NULL
    ), started AS (
      INSERT INTO attempt (job_id, number, tenant_id, actor, epoch, worker, started_at)
      SELECT claimed.id::uuid, claimed.attempt, claimed."tenantId", claimed.actor, claimed."leaseEpoch", claimed.worker, clock_timestamp() FROM claimed
      ON CONFLICT (job_id, number) DO UPDATE SET epoch = excluded.epoch, worker = excluded.worker WHERE attempt.ended_at IS NULL
      RETURNING number
    )
    SELECT claimed.*, (SELECT number FROM started) AS started, request.nonce, request.ciphertext, request.wrapped_key AS "wrappedKey",
      (SELECT to_jsonb(served) FROM (
        SELECT ${versionColumns} FROM model_version v JOIN model m ON m.id = v.model_id
        WHERE v.id = claimed.version_key AND v.deleted_at IS NULL) served) AS "servedBy"
    FROM claimed LEFT JOIN LATERAL (
      SELECT p.nonce, p.ciphertext, k.wrapped_key FROM payload p JOIN subject_key k ON k.id = p.subject_key_id
      WHERE p.id = claimed.payload_key) request ON true`,
  );
  if (row === undefined) return null;
  if (row.started === null) throw new RangeError(`attempt ${row.attempt} of job ${id} has ended and cannot go on`);
  const attempts =
    row.attempt === 1
      ? []
      : await database.within(EVERY_TENANT, (transaction) =>
          transaction.attempt.findMany({ where: { jobId: id, number: { lt: row.attempt } }, orderBy: { number: 'asc' } }),
        );
  return toClaim(row, attempts);
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
  return true;
}

export async function endAttempt(transaction: Transaction, claim: Pick<Claim, 'jobId' | 'attempt'>, outcome: string): Promise<void> {
  await transaction.$executeRaw`UPDATE attempt SET ended_at = clock_timestamp(), outcome = ${outcome} WHERE job_id = ${claim.jobId}::uuid AND number = ${claim.attempt} AND ended_at IS NULL`;
}
