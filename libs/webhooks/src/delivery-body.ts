import type { DeliveryClaim } from './webhook-store.js';

/** The message: which job ended how, and where the rest is. The same bytes at each attempt, and no one's data but labels. */
export function deliveryBody({ event, job }: Pick<DeliveryClaim, 'event' | 'job'>): string {
  return JSON.stringify({
    type: event,
    timestamp: job.finishedAt.toISOString(),
    data: {
      jobId: job.id,
      state: job.state,
      method: job.method,
      model: { name: job.modelName, version: job.modelVersion },
      labels: Object.fromEntries(Object.entries(job.labels).sort(([a], [b]) => (a < b ? -1 : 1))),
      errorCode: job.errorCode,
      explanationId: job.explanationId,
      hrefs: {
        job: `/v1/jobs/${job.id}`,
        explanation: job.explanationId === null ? null : `/v1/explanations/${job.explanationId}`,
      },
    },
  });
}
