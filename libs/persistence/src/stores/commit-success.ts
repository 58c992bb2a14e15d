import type { AuditLeaf, Claim, NewExplanation } from '#jobs';
import type { Database } from '../database/database.js';
import { Prisma } from '../generated/client.js';
import { insertPayloads } from './insert-rows.js';
import { dropParts } from './job-parts.js';

/**
 * Commits a result under the claim's epoch, in one statement. Everything is written from the row that the fenced update
 * returns: when the job belongs to a later epoch, has ended, or its subject was erased, there is none, and nothing is written.
 *
 * @returns false when the fence held
 */
export async function commitSuccess(database: Database, claim: Claim, explanation: NewExplanation, leaf: AuditLeaf): Promise<boolean> {
  const { tenant, actor } = claim.principal;
  const { result, tensors, words } = explanation;
  const terms = [...words.terms];
  const warnings = [...explanation.warningCodes];
  const others = tensors.map(({ payload }) => payload);
  const statement = Prisma.sql`
    /* commit-success */
    WITH ended AS (
      UPDATE job SET
        state = 'SUCCEEDED', finished_at = clock_timestamp(), explanation_id = ${explanation.id}::uuid, lease_until = NULL, warning_codes = ${warnings}::text[],
        progress_done = ${explanation.evaluations}, progress_total = ${explanation.evaluations}, progress_phase = 'done'
      WHERE id = ${claim.jobId}::uuid AND lease_epoch = ${claim.epoch} AND state = 'RUNNING'
        AND EXISTS (SELECT FROM subject_key k WHERE k.id = ${claim.subjectKeyId}::uuid AND k.wrapped_key IS NOT NULL)
      RETURNING id
    ), stored AS (
      INSERT INTO payload (id, tenant_id, actor, subject_key_id, kind, name, nonce, ciphertext, commitment, size)
      SELECT ${result.id}::uuid, ${tenant}, ${actor}, ${claim.subjectKeyId}::uuid, ${result.kind}, ${result.name},
        ${result.sealed.nonce}::bytea, ${result.sealed.ciphertext}::bytea, ${result.sealed.commitment}::bytea, ${result.sealed.size}::integer
      FROM ended
    ), made AS (
      INSERT INTO explanation (id, tenant_id, actor, job_id, method, family, model_name, model_version, model_version_id, model_sha256, labels,
        predicted_class, confidence, subject_key_id, result_payload_id, input_commitment, result_commitment, evaluations, model_rows, budget,
        estimated, truncated, warning_codes, timing, environment, tensors)
      SELECT ${explanation.id}::uuid, ${tenant}, ${actor}, ended.id, ${claim.method}, ${claim.family}, ${claim.model.name}, ${claim.model.version},
        ${claim.model.versionId}::uuid, ${claim.model.sha256}, ${JSON.stringify(claim.labels)}::jsonb,
        ${explanation.predictedClass}, ${explanation.confidence}::double precision, ${claim.subjectKeyId}::uuid, ${result.id}::uuid,
        ${explanation.inputCommitment}::bytea, ${result.sealed.commitment}::bytea, ${explanation.evaluations}::integer,
        ${BigInt(explanation.modelRows)}::bigint, ${BigInt(explanation.budget)}::bigint,
        ${explanation.estimated}::boolean, ${explanation.truncated}::boolean, ${warnings}::text[],
        ${JSON.stringify(explanation.timing)}::jsonb, ${JSON.stringify(explanation.environment)}::jsonb,
        ${JSON.stringify(tensors.map(({ row }) => row))}::jsonb
      FROM ended
      RETURNING id, created_at
    ), found_by AS (
      INSERT INTO explanation_words (explanation_id, tenant_id, actor, terms, complete)
      SELECT made.id, ${tenant}, ${actor}, ${terms}::bigint[], ${words.complete}::boolean FROM made
    ), found_in AS (
      INSERT INTO explanation_term (tenant_id, actor, term, created_at, explanation_id)
      SELECT ${tenant}, ${actor}, term, made.created_at, made.id FROM made, unnest(${terms}::bigint[]) term
    ), leaf AS (
      INSERT INTO audit_leaf_pending (tenant_id, actor, record_id, event, subject_id, record)
      SELECT ${tenant}, ${actor}, ${leaf.record.id}::uuid, ${leaf.record.event}, ${leaf.record.subject}, ${leaf.bytes}::bytea FROM ended
    ), closed AS (
      UPDATE attempt SET ended_at = clock_timestamp(), outcome = 'SUCCEEDED'
      FROM ended WHERE attempt.job_id = ${claim.jobId}::uuid AND attempt.number = ${claim.attempt} AND attempt.ended_at IS NULL
    )
    SELECT id::text FROM ended`;
  if (others.length === 0 && claim.parts === null) return (await database.run(tenant, statement)).length > 0;
  return database.within(tenant, async (transaction) => {
    const ended = await transaction.$queryRaw<{ id: string }[]>(statement);
    if (ended.length === 0) return false;
    if (others.length > 0) await insertPayloads(transaction, claim.principal, claim.subjectKeyId, others);
    if (claim.parts !== null) await dropParts(transaction, claim.jobId);
    return true;
  });
}
