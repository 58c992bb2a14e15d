import type { ModelVersion } from '#catalog';
import type { AttemptRow, Claim, Job, JobState, Priority, SubmittedJob } from '#jobs';
import type { Attempt as AttemptRecord, Job as JobRecord } from '../generated/client.js';

/** A job row as the domain sees it. */
export function toJob(row: JobRecord): Job {
  return {
    id: row.id,
    tenant: row.tenantId,
    actor: row.actor,
    method: row.method,
    family: row.family,
    model: { name: row.modelName, version: row.modelVersion, sha256: row.modelSha256, alias: row.aliasUsed },
    labels: row.labels as Record<string, string>,
    priority: row.priority as Priority,
    seed: Number(row.seed),
    state: row.state as JobState,
    retryOf: row.retryOf,
    batch: row.batchId === null || row.batchItem === null ? null : { id: row.batchId, item: row.batchItem },
    progress: { done: row.progressDone, total: row.progressTotal, phase: row.progressPhase },
    attempt: row.attempt,
    createdAt: row.createdAt,
    startedAt: row.startedAt,
    finishedAt: row.finishedAt,
    deadlineAt: row.deadlineAt,
    explanationId: row.explanationId,
    warningCodes: row.warningCodes,
    error: row.error as Record<string, unknown> | null,
  };
}

/** A job row with what it was submitted with. */
export function toSubmittedJob(row: JobRecord): SubmittedJob {
  return {
    job: toJob(row),
    cache: row.cache === 'bypass' ? 'bypass' : 'use',
    purpose: row.purpose,
    deadlineSeconds: Math.round((row.deadlineAt.getTime() - row.createdAt.getTime()) / 1000),
    subjectKeyId: row.subjectKeyId,
    requestPayloadId: row.requestPayloadId,
  };
}

/** What a claim returns beside the row of the job. */
export interface ClaimedRow extends JobRecord {
  readonly remainingMs: number;
  /** All null where the request is gone. */
  readonly nonce: Uint8Array<ArrayBuffer> | null;
  readonly ciphertext: Uint8Array<ArrayBuffer> | null;
  readonly wrappedKey: Uint8Array<ArrayBuffer> | null;
  /** As JSON gives it. */
  readonly servedBy: (Omit<ModelVersion, 'createdAt'> & { readonly createdAt: string }) | null;
}

/** A claimed row with the attempts so far, this one included. */
export function toClaim(row: ClaimedRow, attempts: readonly AttemptRecord[]): Claim {
  if (row.startedAt === null || row.worker === null) throw new RangeError('a claimed job has a start and a worker');
  return {
    jobId: row.id,
    epoch: row.leaseEpoch,
    attempt: row.attempt,
    worker: row.worker,
    principal: { tenant: row.tenantId, actor: row.actor },
    requestId: row.requestId,
    method: row.method,
    family: row.family,
    model: { name: row.modelName, version: row.modelVersion, versionId: row.modelVersionId, sha256: row.modelSha256, alias: row.aliasUsed },
    labels: row.labels as Record<string, string>,
    seed: Number(row.seed),
    cache: row.cache === 'bypass' ? 'bypass' : 'use',
    purpose: row.purpose,
    subjectKeyId: row.subjectKeyId,
    requestPayloadId: row.requestPayloadId,
    sealedRequest:
      row.nonce === null || row.ciphertext === null ? null : { nonce: row.nonce, ciphertext: row.ciphertext, wrappedKey: row.wrappedKey },
    servedBy: row.servedBy === null ? null : { ...row.servedBy, createdAt: new Date(row.servedBy.createdAt) },
    createdAt: row.createdAt,
    startedAt: row.startedAt,
    deadlineAt: row.deadlineAt,
    remainingMs: row.remainingMs,
    part: row.parentId === null || row.part === null ? null : { parentId: row.parentId, index: row.part },
    parts: row.partsTotal,
    progress: { done: row.progressDone, total: row.progressTotal, phase: row.progressPhase },
    attempts: attempts.map(toAttempt),
  };
}

function toAttempt(row: AttemptRecord): AttemptRow {
  return { number: row.number, worker: row.worker, startedAt: row.startedAt, endedAt: row.endedAt, outcome: row.outcome };
}
