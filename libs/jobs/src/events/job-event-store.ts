import type { Job } from '../store/job.js';

/** One thing that happened to a job: it changed its state or attempt, it got on, or it ends with warnings. */
export const jobEventKinds = ['state', 'progress', 'warning'] as const;
export type JobEventKind = (typeof jobEventKinds)[number];

export interface JobEvent {
  /** From 1, without a gap, in the order of what happened. */
  readonly sequence: number;
  readonly kind: JobEventKind;
  /** The job as it was seen at this event. */
  readonly job: Job;
}

/** A part of what happened to a job. */
export interface JobEventPage {
  readonly events: readonly JobEvent[];
  /** The job as it is now. */
  readonly job: Job;
  /** The sequence of the last event there is. */
  readonly last: number;
}

/** What happened to the jobs of one tenant; it is written wherever a job is. Implemented by persistence. */
export abstract class JobEventStore {
  /** At most `limit` events with a sequence above `after`, in order; null when the tenant has no such job. */
  abstract read(tenant: string, jobId: string, after: number, limit: number): Promise<JobEventPage | null>;
}
