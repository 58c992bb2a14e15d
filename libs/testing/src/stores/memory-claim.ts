import type { Claim } from '#jobs';
import type { MemoryJob } from './memory-database.js';

/** The claim that the row's present epoch gives. */
export function toClaim(
  row: MemoryJob,
  worker: string,
  remainingMs: number,
  attempts: Claim['attempts'],
  found: Pick<Claim, 'sealedRequest' | 'servedBy'>,
): Claim {
  const { job, order, epoch } = row;
  return {
    jobId: job.id,
    epoch,
    attempt: job.attempt,
    worker,
    principal: { tenant: job.tenant, actor: job.actor },
    requestId: order.requestId,
    method: job.method,
    family: job.family,
    model: order.model,
    labels: job.labels,
    seed: job.seed,
    cache: order.cache,
    purpose: order.purpose,
    subjectKeyId: order.subjectKeyId,
    requestPayloadId: order.request.id,
    ...found,
    createdAt: job.createdAt,
    startedAt: job.startedAt ?? job.createdAt,
    deadlineAt: job.deadlineAt,
    remainingMs,
    part: null,
    parts: null,
    progress: job.progress,
    attempts,
  };
}
