/** Where the queue lives: Redis in the distributed shape, the same PostgreSQL in the embedded one. */
export type QueueSettings =
  { readonly kind: 'redis'; readonly url: string } | { readonly kind: 'postgres'; readonly connectionString: string };

export interface QueueTiming {
  /** Milliseconds for which an entry belongs to the worker that took it; kept up while the worker lives. */
  readonly lockMs: number;
  /** Milliseconds between looks for entries whose worker is gone. */
  readonly stalledCheckMs: number;
}
export const queueTiming: QueueTiming = { lockMs: 30_000, stalledCheckMs: 10_000 };

/** Queue of a worker family. */
export function familyQueue(family: string): string {
  return `vitrine-${family}`;
}

/** All a queue entry carries. Whoever reads it loads the job from PostgreSQL by this id and trusts nothing else. */
export interface JobMessage {
  readonly jobId: string;
}

/** Name of an entry that only asks whether somebody takes it. */
export const HEARTBEAT = 'heartbeat';

// One epoch of a job is one entry: adding it twice is harmless, and the next epoch is another entry.
export function entryId(jobId: string, epoch: number): string {
  return `${jobId}-${epoch}`;
}
