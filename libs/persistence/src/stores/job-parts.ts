import type { AuditLeaf, Claim, JobState, NewPart, NewPayload, PartCosts } from '#jobs';
import { Prisma } from '../generated/client.js';
import type { Transaction } from '../database/database.js';
import { endAttempt } from './claim-job.js';
import { insertLeaf, insertPayloads, notifyOutbox, queueAgain } from './insert-rows.js';

// Whoever needs a parent and its parts locks the parent first: two transactions never wait for each other.

interface Owner {
  readonly tenant: string;
  readonly actor: string;
}

/** Queues the parts of a claimed job. It stays RUNNING without a lease, so that nobody takes it for lost, and in its attempt. */
export async function fanOut(transaction: Transaction, claim: Claim, parts: readonly NewPart[]): Promise<boolean> {
  const evaluations = parts.map((part) => part.evaluations);
  const waiting = await transaction.$executeRaw`
    UPDATE job SET parts_total = ${parts.length}, parts_open = ${parts.length}, lease_until = NULL, progress_phase = 'explaining',
      progress_total = ${evaluations.reduce((sum, one) => sum + one, 0)}
    WHERE id = ${claim.jobId}::uuid AND lease_epoch = ${claim.epoch} AND state = 'RUNNING' AND parts_total IS NULL`;
  if (waiting === 0) return false;
  await transaction.$executeRaw`
    INSERT INTO job (id, tenant_id, actor, method, family, model_name, model_version, model_version_id, model_sha256, alias_used, priority, seed, cache,
      purpose, subject_key_id, request_payload_id, request_commitment, state, deadline_at, request_id, parent_id, part, progress_total)
    SELECT p.id, j.tenant_id, j.actor, j.method, j.family, j.model_name, j.model_version, j.model_version_id, j.model_sha256, j.alias_used, j.priority,
      j.seed, j.cache, j.purpose, j.subject_key_id, j.request_payload_id, j.request_commitment, 'QUEUED', j.deadline_at, j.request_id, j.id,
      p.place - 1, p.evaluations
    FROM job j, unnest(${parts.map((part) => part.id)}::uuid[], ${evaluations}::integer[]) WITH ORDINALITY p (id, evaluations, place)
    WHERE j.id = ${claim.jobId}::uuid`;
  await transaction.$executeRaw`${queueAgain} FROM job WHERE job.parent_id = ${claim.jobId}::uuid ORDER BY job.part`;
  await notifyOutbox(transaction);
  return true;
}

/** Ends a part with what it found; the last one queues the parent again. */
export async function commitPart(
  transaction: Transaction,
  claim: Claim,
  parentId: string,
  payload: NewPayload,
  evaluations: number,
  costs: PartCosts,
): Promise<boolean> {
  if ((await lockParent(transaction, parentId))?.state !== 'RUNNING') return false;
  const fenced = await transaction.$executeRaw`
    UPDATE job SET state = 'SUCCEEDED', finished_at = clock_timestamp(), lease_until = NULL, part_payload_id = ${payload.id}::uuid,
      part_costs = ${JSON.stringify(costs)}::jsonb, progress_done = ${evaluations}, progress_total = ${evaluations}, progress_phase = 'done'
    WHERE id = ${claim.jobId}::uuid AND lease_epoch = ${claim.epoch} AND state = 'RUNNING'`;
  if (fenced === 0) return false;
  await insertPayloads(transaction, claim.principal, claim.subjectKeyId, [payload]);
  await endAttempt(transaction, claim, 'SUCCEEDED');
  await addUpProgress(transaction, Prisma.sql`job.id = ${parentId}::uuid`, parentId);
  if ((await closeOne(transaction, parentId)) === 0) {
    await transaction.$executeRaw`UPDATE job SET lease_until = clock_timestamp(), progress_phase = 'merging' WHERE id = ${parentId}::uuid`;
    await transaction.$executeRaw`${queueAgain} FROM job WHERE job.id = ${parentId}::uuid`;
    await notifyOutbox(transaction);
  }
  return true;
}

/** The parent's progress, kept up by the first of the parts that are running; whoever finds the parent busy leaves it. */
export async function followPart(transaction: Transaction, parentId: string, index: number): Promise<void> {
  await addUpProgress(
    transaction,
    Prisma.sql`job.id = (SELECT id FROM job WHERE id = ${parentId}::uuid FOR UPDATE SKIP LOCKED)
      AND NOT EXISTS (SELECT FROM job o WHERE o.parent_id = ${parentId}::uuid AND o.part < ${index} AND o.state = 'RUNNING')`,
    parentId,
  );
}

/** A part that ended without a result. A failed one fails its parent; the last cancelled one ends it. False when the fence holds. */
export async function endPart(
  transaction: Transaction,
  part: { readonly id: string; readonly parentId: string; readonly fence: Prisma.Sql; readonly outcome: string },
  error: Readonly<Record<string, unknown>> | null,
  leaf: AuditLeaf,
): Promise<boolean> {
  const parent = await lockParent(transaction, part.parentId);
  if (parent === null) return false;
  const state = error === null ? 'CANCELLED' : 'FAILED';
  const ended = await transaction.$executeRaw`
    UPDATE job SET state = ${state}, finished_at = clock_timestamp(), lease_until = NULL, lease_epoch = lease_epoch + 1, progress_phase = 'done',
      error = ${error === null ? null : JSON.stringify(error)}::jsonb
    WHERE id = ${part.id}::uuid AND ${part.fence}`;
  if (ended === 0) return false;
  await transaction.$executeRaw`UPDATE attempt SET ended_at = clock_timestamp(), outcome = ${part.outcome} WHERE job_id = ${part.id}::uuid AND ended_at IS NULL`;
  // Also while the parent is being cancelled, as a failure ends any job that is: its leaf tells what it ended as.
  if (error !== null) return endParent(transaction, part.parentId, parent, error, leaf);
  const open = await closeOne(transaction, part.parentId);
  if (parent.state === 'CANCELLING' && open === 0) return endParent(transaction, part.parentId, parent, null, leaf);
  return true;
}

/** Cancels a waiting parent, which the transaction has locked. It ends when no part is running any more. */
export async function cancelParts(transaction: Transaction, parentId: string, owner: Owner, leaf: AuditLeaf): Promise<void> {
  await lockParts(transaction, parentId);
  const stopping = await transaction.$executeRaw`
    UPDATE job SET state = 'CANCELLING', cancel_requested_at = clock_timestamp()
    WHERE parent_id = ${parentId}::uuid AND state = 'RUNNING' AND lease_until > clock_timestamp()`;
  await transaction.$executeRaw`
    UPDATE job SET state = 'CANCELLED', finished_at = clock_timestamp(), cancel_requested_at = clock_timestamp(), progress_phase = 'done', lease_until = NULL
    WHERE parent_id = ${parentId}::uuid AND state IN ('QUEUED', 'RUNNING')`;
  await transaction.$executeRaw`
    UPDATE job SET state = 'CANCELLING', cancel_requested_at = clock_timestamp(), parts_open = ${stopping} WHERE id = ${parentId}::uuid`;
  if (stopping === 0) await endParent(transaction, parentId, owner, null, leaf);
}

/** Removes the parts of a job that has ended, with what they found. */
export async function dropParts(transaction: Transaction, parentId: string): Promise<void> {
  await lockParts(transaction, parentId);
  const parts = Prisma.sql`(SELECT id FROM job WHERE parent_id = ${parentId}::uuid)`;
  await transaction.$executeRaw`
    DELETE FROM payload WHERE kind = 'part' AND id IN (SELECT part_payload_id FROM job WHERE parent_id = ${parentId}::uuid)`;
  await transaction.$executeRaw`DELETE FROM attempt WHERE job_id IN ${parts}`;
  await transaction.$executeRaw`DELETE FROM outbox WHERE job_id IN ${parts}`;
  await transaction.$executeRaw`DELETE FROM job WHERE parent_id = ${parentId}::uuid`;
}

async function endParent(
  transaction: Transaction,
  id: string,
  owner: Owner,
  error: Readonly<Record<string, unknown>> | null,
  leaf: AuditLeaf,
): Promise<true> {
  const state = error === null ? 'CANCELLED' : 'FAILED';
  await transaction.$executeRaw`
    UPDATE job SET state = ${state}, finished_at = clock_timestamp(), lease_until = NULL, lease_epoch = lease_epoch + 1, progress_phase = 'done',
      error = ${error === null ? null : JSON.stringify(error)}::jsonb
    WHERE id = ${id}::uuid`;
  const outcome = error === null ? state : String(error['code']);
  await transaction.$executeRaw`UPDATE attempt SET ended_at = clock_timestamp(), outcome = ${outcome} WHERE job_id = ${id}::uuid AND ended_at IS NULL`;
  await insertLeaf(transaction, owner, leaf);
  await dropParts(transaction, id);
  return true;
}

async function lockParent(transaction: Transaction, id: string): Promise<(Owner & { readonly state: JobState }) | null> {
  const rows = await transaction.$queryRaw<(Owner & { state: JobState })[]>`
    SELECT state, tenant_id AS tenant, actor FROM job WHERE id = ${id}::uuid FOR UPDATE`;
  return rows[0] ?? null;
}

// Nobody can claim a part, or start an attempt of it, between here and the end of the transaction.
async function lockParts(transaction: Transaction, parentId: string): Promise<void> {
  await transaction.$queryRaw`SELECT id FROM job WHERE parent_id = ${parentId}::uuid ORDER BY part FOR UPDATE`;
}

/** Takes one part off those that are open and returns how many are left. */
async function closeOne(transaction: Transaction, parentId: string): Promise<number> {
  const rows = await transaction.$queryRaw<{ open: number }[]>`
    UPDATE job SET parts_open = parts_open - 1 WHERE id = ${parentId}::uuid RETURNING parts_open AS open`;
  return rows[0]?.open ?? 0;
}

// A part that runs again starts from nothing: what people have seen done does not go back.
function addUpProgress(transaction: Transaction, which: Prisma.Sql, parentId: string): Promise<number> {
  return transaction.$executeRaw`
    UPDATE job SET progress_done = GREATEST(job.progress_done, sums.done), progress_total = GREATEST(sums.total, job.progress_done, sums.done)
    FROM (SELECT sum(progress_done)::integer AS done, sum(progress_total)::integer AS total FROM job WHERE parent_id = ${parentId}::uuid) sums
    WHERE ${which} AND job.state IN ('RUNNING', 'CANCELLING')`;
}
