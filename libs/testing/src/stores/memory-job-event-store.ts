import type { JobEventPage, JobEventStore } from '#jobs';
import type { MemoryDatabase } from './memory-database.js';

/** What happened to jobs, in memory. */
export class MemoryJobEventStore implements JobEventStore {
  constructor(private readonly database: MemoryDatabase) {}

  read(tenant: string, jobId: string, after: number, limit: number): Promise<JobEventPage | null> {
    return this.database.within(() => {
      const row = this.database.jobs.get(jobId);
      if (row?.job.tenant !== tenant) return null;
      return { job: row.job, last: row.events.length, events: row.events.slice(after, after + limit) };
    });
  }
}
