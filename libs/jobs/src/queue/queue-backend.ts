import { createPostgresBackend, Queue, Worker, withBackend, type JobsOptions } from 'bullmq';
import { queueTiming, type JobMessage, type QueueSettings, type QueueTiming } from './queue-settings.js';

const onPostgres = withBackend(createPostgresBackend);

// The queue shares the database with everything else and needs few connections: one for commands, one to listen.
const POOL_SIZE = 4;
const SCHEMA = 'vitrine_queue';

/** The part of a queue that is used. */
export interface OpenQueue {
  add(name: string, data: JobMessage, opts: JobsOptions): Promise<unknown>;
  addBulk(entries: { name: string; data: JobMessage; opts: JobsOptions }[]): Promise<unknown>;
  getJob(id: string): Promise<{ isFailed(): Promise<boolean>; isCompleted(): Promise<boolean> } | undefined>;
  getJobCounts(...types: ('waiting' | 'prioritized' | 'delayed' | 'active')[]): Promise<Record<string, number>>;
  close(): Promise<void>;
}

/** The part of a worker that is used. `run` resolves when the worker is closed. */
export interface OpenWorker {
  run(): Promise<void>;
  waitUntilReady(): Promise<unknown>;
  close(force?: boolean): Promise<void>;
}

export type EntryHandler = (name: string, message: JobMessage) => Promise<void>;

/** Queues and workers on the configured backend; the one place where the two shapes differ. */
export class QueueBackend {
  constructor(
    private readonly settings: QueueSettings,
    /** BullMQ reports connection trouble as events; without a listener they would end the process. */
    private readonly onError: (error: Error) => void,
    private readonly timing: QueueTiming = queueTiming,
  ) {}

  openQueue(name: string): OpenQueue {
    if (this.settings.kind === 'redis') {
      // Without an offline queue a stopped Redis fails at once instead of hanging its caller.
      const connection = { url: this.settings.url, enableOfflineQueue: false, maxRetriesPerRequest: 1 };
      return new Queue<JobMessage>(name, { connection }).on('error', this.onError);
    }
    return new onPostgres.Queue<JobMessage>(name, { connection: postgresConnection(this.settings.connectionString) }).on(
      'error',
      this.onError,
    );
  }

  /** A worker that has not started: call `run()`. */
  openWorker(name: string, handle: EntryHandler, concurrency: number): OpenWorker {
    const { lockMs, stalledCheckMs } = this.timing;
    const options = { concurrency, autorun: false, lockDuration: lockMs, stalledInterval: stalledCheckMs, maxStalledCount: 3 };
    if (this.settings.kind === 'redis') {
      const connection = { url: this.settings.url, maxRetriesPerRequest: null };
      return new Worker<JobMessage>(name, (job) => handle(job.name, job.data), { ...options, connection }).on('error', this.onError);
    }
    const connection = postgresConnection(this.settings.connectionString);
    return new onPostgres.Worker<JobMessage>(name, (job) => handle(job.name, job.data), { ...options, connection }).on(
      'error',
      this.onError,
    );
  }
}

function postgresConnection(connectionString: string) {
  return { connectionString, schema: SCHEMA, migrate: true, max: POOL_SIZE };
}
