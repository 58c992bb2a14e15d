import { isTerminal, type AuditLeaf, type CancelOutcome, type JobState } from '#jobs';
import type { Transaction } from '../database/database.js';
import { cancelParts } from './job-parts.js';
import { insertLeaf, insertLeaves } from './insert-rows.js';
import { toJob } from './job-rows.js';

/** Ends a waiting job at once; asks the holder of a running one to stop. The row lock decides between this and a claim or a commit. */
export async function cancelJob(transaction: Transaction, id: string, leaf: AuditLeaf): Promise<CancelOutcome> {
  const locked = await transaction.$queryRaw<
    { state: JobState; tenant_id: string; actor: string; parts_open: number | null }[]
  >`SELECT state, tenant_id, actor, parts_open FROM job WHERE id = ${id}::uuid AND parent_id IS NULL FOR UPDATE`;
  const row = locked[0];
  if (row === undefined) return { kind: 'absent' };
  const reread = async () => toJob(await transaction.job.findUniqueOrThrow({ where: { id } }));
  if (isTerminal(row.state)) return { kind: 'terminal', job: await reread() };
  if (row.state === 'QUEUED') {
    await transaction.$executeRaw`
      UPDATE job SET state = 'CANCELLED', finished_at = clock_timestamp(), cancel_requested_at = clock_timestamp(), progress_phase = 'done' WHERE id = ${id}::uuid`;
    await insertLeaf(transaction, { tenant: row.tenant_id, actor: row.actor }, leaf);
  } else if (row.state === 'RUNNING' && (row.parts_open ?? 0) > 0) {
    await cancelParts(transaction, id, { tenant: row.tenant_id, actor: row.actor }, leaf);
  } else if (row.state === 'RUNNING') {
    await transaction.$executeRaw`UPDATE job SET state = 'CANCELLING', cancel_requested_at = clock_timestamp() WHERE id = ${id}::uuid`;
  }
  return { kind: 'accepted', job: await reread() };
}

/** Ends every waiting job of a batch, and asks the holders of its running ones to stop. */
export async function cancelJobsOfBatch(
  transaction: Transaction,
  owner: { readonly tenant: string; readonly actor: string },
  batchId: string,
  leafOf: (jobId: string) => AuditLeaf,
): Promise<void> {
  const ended = await transaction.$queryRaw<{ id: string }[]>`
    UPDATE job SET state = 'CANCELLED', finished_at = clock_timestamp(), cancel_requested_at = clock_timestamp(), progress_phase = 'done'
    WHERE batch_id = ${batchId}::uuid AND state = 'QUEUED' RETURNING id::text`;
  await insertLeaves(
    transaction,
    owner,
    ended.map(({ id }) => leafOf(id)),
  );
  const running = await transaction.job.findMany({ where: { batchId, state: 'RUNNING' }, select: { id: true } });
  for (const { id } of running) await cancelJob(transaction, id, leafOf(id));
}
