import { Prisma } from '../generated/client.js';

/** The columns of `job` under the names of Prisma's record, for a statement that reads or returns rows of it. */
export const jobRecord = Prisma.sql`
  job.id::text, job.tenant_id AS "tenantId", job.actor, job.method, job.family, job.model_name AS "modelName", job.model_version AS "modelVersion",
  job.model_version_id::text AS "modelVersionId", job.model_sha256 AS "modelSha256", job.alias_used AS "aliasUsed", job.labels, job.priority, job.seed,
  job.cache, job.purpose, job.subject_key_id::text AS "subjectKeyId", job.request_payload_id::text AS "requestPayloadId",
  job.request_commitment AS "requestCommitment", job.state, job.progress_done AS "progressDone", job.progress_total AS "progressTotal",
  job.progress_phase AS "progressPhase", job.attempt, job.lease_epoch AS "leaseEpoch", job.lease_until AS "leaseUntil", job.worker,
  job.deadline_at AS "deadlineAt", job.cancel_requested_at AS "cancelRequestedAt", job.created_at AS "createdAt", job.started_at AS "startedAt",
  job.finished_at AS "finishedAt", job.explanation_id::text AS "explanationId", job.error, job.request_id AS "requestId",
  job.parent_id::text AS "parentId", job.part, job.parts_total AS "partsTotal", job.parts_open AS "partsOpen", job.merging,
  job.part_payload_id::text AS "partPayloadId", job.part_costs AS "partCosts", job.event_sequence AS "eventSequence",
  job.warning_codes AS "warningCodes", job.retry_of::text AS "retryOf", job.batch_id::text AS "batchId", job.batch_item AS "batchItem"`;
