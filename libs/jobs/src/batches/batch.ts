import { isTerminal, jobStates, type Job, type JobState, type Priority } from '../store/job.js';

/** Items a batch may have. */
export const MAX_BATCH_ITEMS = 1000;

/** Closed; a batch never goes back. What became of its items is in the counts. */
export const batchStates = ['QUEUED', 'RUNNING', 'CANCELLING', 'FINISHED'] as const;
export type BatchState = (typeof batchStates)[number];

export type JobCounts = Readonly<Record<JobState, number>>;

/** A batch as people see it: metadata only, no input. */
export interface Batch {
  readonly id: string;
  readonly tenant: string;
  readonly actor: string;
  readonly method: string;
  readonly model: Job['model'];
  readonly labels: Readonly<Record<string, string>>;
  readonly priority: Priority;
  /** Items in all. */
  readonly size: number;
  /** Items that could not become a job. */
  readonly refused: number;
  /** Jobs by state; they and the refused items add up to `size`. */
  readonly counts: JobCounts;
  readonly cancelRequestedAt: Date | null;
  readonly createdAt: Date;
  /** When the last job ended; null before. */
  readonly finishedAt: Date | null;
}

export function noJobs(): Record<JobState, number> {
  return Object.fromEntries(jobStates.map((state) => [state, 0])) as Record<JobState, number>;
}

/** What the states of its jobs make of a batch. */
export function stateOf(batch: Pick<Batch, 'counts' | 'cancelRequestedAt'>): BatchState {
  const present = jobStates.filter((state) => batch.counts[state] > 0);
  if (present.every(isTerminal)) return 'FINISHED';
  if (batch.cancelRequestedAt !== null) return 'CANCELLING';
  return present.every((state) => state === 'QUEUED') ? 'QUEUED' : 'RUNNING';
}
