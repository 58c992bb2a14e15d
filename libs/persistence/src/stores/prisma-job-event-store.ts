import { JobEventStore, type Job, type JobEvent, type JobEventKind, type JobEventPage, type JobState } from '#jobs';
import type { JobEvent as JobEventRecord } from '../generated/client.js';
import type { Database } from '../database/database.js';
import { toJob } from './job-rows.js';

/** What happened to jobs, read only: triggers write it. */
export class PrismaJobEventStore extends JobEventStore {
  constructor(private readonly database: Database) {
    super();
  }

  override read(tenant: string, jobId: string, after: number, limit: number): Promise<JobEventPage | null> {
    return this.database.within(tenant, async (transaction) => {
      const row = await transaction.job.findUnique({ where: { id: jobId } });
      if (row === null || row.eventSequence === 0) return null;
      const job = toJob(row);
      const rows =
        limit === 0 || after >= row.eventSequence
          ? []
          : await transaction.jobEvent.findMany({ where: { jobId, sequence: { gt: after } }, orderBy: { sequence: 'asc' }, take: limit });
      return { job, last: row.eventSequence, events: rows.map((event) => toJobEvent(job, event)) };
    });
  }
}

function toJobEvent(job: Job, row: JobEventRecord): JobEvent {
  return {
    sequence: row.sequence,
    kind: row.kind as JobEventKind,
    job: {
      ...job,
      state: row.state as JobState,
      attempt: row.attempt,
      progress: { done: row.progressDone, total: row.progressTotal, phase: row.progressPhase },
      startedAt: row.startedAt,
      finishedAt: row.finishedAt,
      explanationId: row.explanationId,
      error: row.error as Record<string, unknown> | null,
      warningCodes: row.warningCodes,
    },
  };
}
