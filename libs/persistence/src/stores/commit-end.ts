import type { AuditLeaf, Claim } from '#jobs';
import { Prisma } from '../generated/client.js';
import type { Transaction } from '../database/database.js';
import { databaseTime } from '../database/database-time.js';
import { endAttempt } from './claim-job.js';
import { dropParts, endPart } from './job-parts.js';
import { insertLeaf } from './insert-rows.js';

/** Ends the claimed job without a result, fenced by the epoch. */
export async function commitEnd(
  transaction: Transaction,
  claim: Claim,
  state: 'FAILED' | 'CANCELLED',
  error: Readonly<Record<string, unknown>> | null,
  leaf: AuditLeaf,
): Promise<boolean> {
  if (claim.part !== null) {
    const fence = Prisma.sql`lease_epoch = ${claim.epoch} AND state IN ('RUNNING', 'CANCELLING')`;
    const outcome = error === null ? state : String(error['code']);
    return endPart(transaction, { id: claim.jobId, parentId: claim.part.parentId, fence, outcome }, error, leaf);
  }
  const ended = await transaction.job.updateMany({
    where: { id: claim.jobId, leaseEpoch: claim.epoch, state: { in: ['RUNNING', 'CANCELLING'] } },
    data: {
      state,
      finishedAt: await databaseTime(transaction),
      leaseUntil: null,
      progressPhase: 'done',
      error: error === null ? Prisma.DbNull : (error as Prisma.InputJsonObject),
    },
  });
  if (ended.count === 0) return false;
  await insertLeaf(transaction, claim.principal, leaf);
  await endAttempt(transaction, claim, error === null ? state : String(error['code']));
  if (claim.parts !== null) await dropParts(transaction, claim.jobId);
  return true;
}
