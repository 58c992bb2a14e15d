import type { Principal } from '#access';
import { queuePriority, type AuditLeaf, type Job, type KeyMark, type NewJob } from '#jobs';
import { Prisma, type Job as JobRecord } from '../generated/client.js';
import type { Database } from '../database/database.js';
import { insertDatasetUses } from './insert-dataset-uses.js';
import { jobRecord } from './job-record.js';
import { toJob } from './job-rows.js';
import { keepAnswer, takeKey } from './keep-answer.js';

/**
 * A job with its key, its sealed request, its outbox row and its audit leaf, in one statement; then what few jobs have besides.
 *
 * @throws KeyTaken
 * @throws ProblemError DATASET_GONE
 */
export async function createJob(
  database: Database,
  principal: Principal,
  job: NewJob,
  leaf: AuditLeaf,
  mark: KeyMark<Job> | null,
): Promise<Job> {
  const { tenant, actor } = principal;
  const { sealed } = job.request;
  const statement = Prisma.sql`
    /* create-job */
    WITH fresh_key AS (
      INSERT INTO subject_key (id, tenant_id, actor, wrapped_key)
      SELECT k.id, ${tenant}, ${actor}, k.wrapped_key FROM (VALUES (${job.freshKey?.id ?? null}::uuid, ${job.freshKey?.wrappedKey ?? null}::bytea)) k (id, wrapped_key)
      WHERE k.id IS NOT NULL
    ), request AS (
      INSERT INTO payload (id, tenant_id, actor, subject_key_id, kind, name, nonce, ciphertext, commitment, size)
      VALUES (${job.request.id}::uuid, ${tenant}, ${actor}, ${job.subjectKeyId}::uuid, ${job.request.kind}, ${job.request.name},
        ${sealed.nonce}, ${sealed.ciphertext}, ${sealed.commitment}, ${sealed.size})
    ), line AS (
      INSERT INTO outbox (tenant_id, actor, job_id, epoch, queue, method, priority)
      VALUES (${tenant}, ${actor}, ${job.id}::uuid, 0, ${job.queue}, ${job.method}, ${queuePriority[job.priority]})
    ), leaf AS (
      INSERT INTO audit_leaf_pending (tenant_id, actor, record_id, event, subject_id, record)
      VALUES (${tenant}, ${actor}, ${leaf.record.id}::uuid, ${leaf.record.event}, ${leaf.record.subject}, ${leaf.bytes})
    )
    INSERT INTO job (id, tenant_id, actor, method, family, model_name, model_version, model_version_id, model_sha256, alias_used, labels, priority,
      seed, cache, purpose, subject_key_id, request_payload_id, request_commitment, state, deadline_at, request_id, retry_of)
    VALUES (${job.id}::uuid, ${tenant}, ${actor}, ${job.method}, ${job.family}, ${job.model.name}, ${job.model.version},
      ${job.model.versionId}::uuid, ${job.model.sha256}, ${job.model.alias}, ${JSON.stringify(job.labels)}::jsonb, ${job.priority}, ${BigInt(job.seed)},
      ${job.cache}, ${job.purpose}, ${job.subjectKeyId}::uuid, ${job.request.id}::uuid, ${sealed.commitment}, 'QUEUED',
      now() + make_interval(secs => ${job.deadlineSeconds}::double precision), ${job.requestId}, ${job.retryOf ?? null}::uuid)
    RETURNING ${jobRecord}, pg_notify('vitrine_outbox', '')::text`;
  if (mark === null && job.datasets.length === 0) return made(await database.run<JobRecord>(tenant, statement));
  return database.within(tenant, async (transaction) => {
    if (mark !== null) await takeKey(transaction, principal, mark);
    const created = made(await transaction.$queryRaw<JobRecord[]>(statement));
    await insertDatasetUses(transaction, { tenantId: tenant, actor }, job);
    if (mark !== null) await keepAnswer(transaction, principal, mark, created);
    return created;
  });
}

function made([row]: readonly JobRecord[]): Job {
  if (row === undefined) throw new RangeError('a row that was inserted is returned');
  return toJob(row);
}
