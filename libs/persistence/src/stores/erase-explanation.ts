import type { Erasure } from '#history';
import type { AuditLeaf, ErasureFacts, ErasureOutcome } from '#jobs';
import type { Transaction } from '../database/database.js';
import { insertLeaf } from './insert-rows.js';

interface Found {
  readonly jobId: string;
  readonly subjectKeyId: string;
  readonly payloads: string[];
}

/** Destroys what an explanation holds and leaves its row. The lock on the job's row lets one of several callers do it. */
export async function eraseExplanation(
  transaction: Transaction,
  by: { readonly tenant: string; readonly actor: string; readonly reason: Erasure['reason'] },
  explanationId: string,
  leafOf: (facts: ErasureFacts) => AuditLeaf,
): Promise<ErasureOutcome> {
  const found = await transaction.$queryRaw<Found[]>`
    SELECT j.id::text AS "jobId", e.subject_key_id::text AS "subjectKeyId",
      ARRAY[j.request_payload_id::text, e.result_payload_id::text]
        || ARRAY(SELECT t ->> 'payloadId' FROM jsonb_array_elements(e.tensors) t) AS payloads
    FROM explanation e JOIN job j ON j.id = e.job_id WHERE e.id = ${explanationId}::uuid FOR UPDATE OF j`;
  const [explanation] = found;
  if (explanation === undefined) return { kind: 'absent' };
  const before = await transaction.explanationErasure.findUnique({ where: { explanationId } });
  if (before !== null) return { kind: 'already', erasure: { at: before.createdAt, reason: before.reason as Erasure['reason'] } };

  await removeWords(transaction, explanationId);
  const { jobId, subjectKeyId, payloads } = explanation;
  const keyDestroyed = await destroyKey(transaction, jobId, subjectKeyId);
  const removed = await transaction.$queryRaw<{ payloads: number; bytes: number }[]>`
    WITH gone AS (
      DELETE FROM payload WHERE subject_key_id = ${subjectKeyId}::uuid AND (${keyDestroyed} OR id = ANY(${payloads}::uuid[])) RETURNING size
    )
    SELECT count(*)::integer AS payloads, coalesce(sum(size), 0)::double precision AS bytes FROM gone`;
  const facts = { jobId, payloads: removed[0]?.payloads ?? 0, freedBytes: removed[0]?.bytes ?? 0, keyDestroyed };
  const { createdAt } = await transaction.explanationErasure.create({
    data: { explanationId, tenantId: by.tenant, actor: by.actor, reason: by.reason },
    select: { createdAt: true },
  });
  await insertLeaf(transaction, by, leafOf(facts));
  return { kind: 'erased', erasure: { at: createdAt, reason: by.reason }, facts };
}

async function removeWords(transaction: Transaction, explanationId: string): Promise<void> {
  await transaction.$executeRaw`
    DELETE FROM explanation_term t USING explanation e, explanation_words w, unnest(w.terms) AS word (term)
    WHERE e.id = ${explanationId}::uuid AND w.explanation_id = e.id
      AND t.tenant_id = e.tenant_id AND t.term = word.term AND t.created_at = e.created_at AND t.explanation_id = e.id`;
  await transaction.$executeRaw`DELETE FROM explanation_words WHERE explanation_id = ${explanationId}::uuid`;
  await transaction.$executeRaw`DELETE FROM explanation_unindexed WHERE explanation_id = ${explanationId}::uuid`;
}

/** Destroys the key unless it is a named subject's, or other explanations or jobs that still run rest under it. */
async function destroyKey(transaction: Transaction, jobId: string, subjectKeyId: string): Promise<boolean> {
  const destroyed = await transaction.$executeRaw`
    UPDATE subject_key k SET wrapped_key = NULL, erased_at = now()
    WHERE k.id = ${subjectKeyId}::uuid AND k.ref_commitment IS NULL AND k.wrapped_key IS NOT NULL
      AND NOT EXISTS (
        SELECT FROM job j WHERE j.subject_key_id = k.id AND j.id <> ${jobId}::uuid
          AND (j.state IN ('QUEUED', 'RUNNING', 'CANCELLING') OR j.explanation_id IS NOT NULL
            AND NOT EXISTS (SELECT FROM explanation_erasure x WHERE x.explanation_id = j.explanation_id)))`;
  return destroyed === 1;
}
