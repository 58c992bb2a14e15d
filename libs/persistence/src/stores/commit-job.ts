import type { AuditLeaf, Claim, NewExplanation } from '#jobs';
import { Prisma } from '../generated/client.js';
import type { Transaction } from '../database/database.js';
import { endAttempt } from './claim-job.js';
import { dropParts, endPart } from './job-parts.js';
import { insertLeaf, insertPayloads } from './insert-rows.js';
import { insertWords } from './insert-words.js';

/**
 * Commits a result under the claim's epoch. The fenced update comes first: when it touches no row, the job belongs to a
 * later epoch or has ended, and nothing else is written.
 */
export async function commitSuccess(
  transaction: Transaction,
  claim: Claim,
  explanation: NewExplanation,
  leaf: AuditLeaf,
): Promise<boolean> {
  const fenced = await transaction.$executeRaw`
    UPDATE job SET
      state = 'SUCCEEDED', finished_at = clock_timestamp(), explanation_id = ${explanation.id}::uuid, lease_until = NULL,
      warning_codes = ${[...explanation.warningCodes]}::text[],
      progress_done = ${explanation.evaluations}, progress_total = ${explanation.evaluations}, progress_phase = 'done'
    WHERE id = ${claim.jobId}::uuid AND lease_epoch = ${claim.epoch} AND state = 'RUNNING'`;
  if (fenced === 0) return false;
  const { tenant } = claim.principal;
  await insertPayloads(transaction, claim.principal, claim.subjectKeyId, [
    explanation.result,
    ...explanation.tensors.map((tensor) => tensor.payload),
  ]);
  await transaction.explanation.create({
    data: {
      id: explanation.id,
      tenantId: tenant,
      actor: claim.principal.actor,
      jobId: claim.jobId,
      method: claim.method,
      family: claim.family,
      modelName: claim.model.name,
      modelVersion: claim.model.version,
      modelVersionId: claim.model.versionId,
      modelSha256: claim.model.sha256,
      labels: claim.labels,
      predictedClass: explanation.predictedClass,
      confidence: explanation.confidence,
      subjectKeyId: claim.subjectKeyId,
      resultPayloadId: explanation.result.id,
      inputCommitment: explanation.inputCommitment,
      resultCommitment: explanation.result.sealed.commitment,
      evaluations: explanation.evaluations,
      modelRows: BigInt(explanation.modelRows),
      budget: BigInt(explanation.budget),
      estimated: explanation.estimated,
      truncated: explanation.truncated,
      warningCodes: [...explanation.warningCodes],
      timing: explanation.timing,
      environment: explanation.environment as Prisma.InputJsonObject,
      tensors: explanation.tensors.map((tensor) => ({ ...tensor.row, shape: [...tensor.row.shape] })),
    },
    select: { id: true },
  });
  await insertWords(transaction, { tenant, actor: claim.principal.actor, explanationId: explanation.id, words: explanation.words });
  await insertLeaf(transaction, claim.principal, leaf);
  await endAttempt(transaction, claim, 'SUCCEEDED');
  if (claim.parts !== null) await dropParts(transaction, claim.jobId);
  return true;
}

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

/** The database's clock: leases and times of jobs know no other. */
export async function databaseTime(transaction: Transaction): Promise<Date> {
  const rows = await transaction.$queryRaw<{ now: Date }[]>`SELECT clock_timestamp() AS now`;
  const now = rows[0]?.now;
  if (now === undefined) throw new RangeError('the database did not tell its time');
  return now;
}
