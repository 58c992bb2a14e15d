import type { Logger } from '#platform';
import type { JobQueues } from '../queue/job-queues.js';
import type { EntryHandler, OpenWorker, QueueBackend } from '../queue/queue-backend.js';
import { familyQueue } from '../queue/queue-settings.js';

export interface ConsumerTiming {
  readonly checkMs: number;
  /** Milliseconds in which entries wait, this process has room, and none arrives, until the connection is opened anew. */
  readonly patienceMs: number;
}
export const consumerTiming: ConsumerTiming = { checkMs: 5000, patienceMs: 20_000 };

export interface ConsumerParts {
  readonly backend: QueueBackend;
  readonly queues: JobQueues;
  readonly family: string;
  readonly concurrency: number;
  readonly handle: EntryHandler;
  readonly logger: Logger;
  readonly timing: ConsumerTiming;
  /** Told when the connection is opened anew. */
  readonly onReopen: () => void;
  /** Milliseconds on a clock that nobody sets back; the process's own where left out. */
  readonly elapsed?: () => number;
}

/**
 * Takes the entries of one family's queue. A queue worker can go deaf after a lost connection: the process lives, the server
 * answers, and nothing is taken any more. What shows it is that entries wait, there is room here, and none arrives; then the
 * worker is closed and another opened. A queue that does not answer is no such case: BullMQ connects again by itself.
 */
export class Consumer {
  private worker: OpenWorker | null = null;
  private active = 0;
  private pickups = 0;
  private seen = 0;
  private stuckSince: number | null = null;
  private timer: NodeJS.Timeout | undefined;
  private closed = false;
  private readonly elapsed: () => number;

  constructor(private readonly parts: ConsumerParts) {
    this.elapsed = parts.elapsed ?? (() => performance.now());
  }

  get family(): string {
    return this.parts.family;
  }

  /** Milliseconds for which entries have waited and none arrived; 0 while all is well. */
  get stuckMs(): number {
    return this.stuckSince === null ? 0 : this.elapsed() - this.stuckSince;
  }

  async open(): Promise<void> {
    await this.connect();
    this.watch();
  }

  /** Stops taking entries at once; resolves when the running handlers have returned. */
  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    await this.worker?.close();
  }

  /** One look at whether entries wait that should have come; opens the connection anew where they have waited too long. */
  async look(): Promise<void> {
    const { queues, family, concurrency, timing, logger } = this.parts;
    const waiting =
      this.active >= concurrency
        ? 0
        : await queues.count(familyQueue(family)).then(
            ({ waiting }) => waiting,
            () => 0,
          );
    const moved = this.pickups !== this.seen;
    this.seen = this.pickups;
    if (waiting === 0 || moved || this.active >= concurrency) {
      this.stuckSince = null;
      return;
    }
    this.stuckSince ??= this.elapsed();
    if (this.stuckMs < timing.patienceMs || this.closed) return;
    logger.error({ family, waiting, stuckMs: Math.round(this.stuckMs) }, 'entries wait and none arrives: the queue is opened anew');
    this.parts.onReopen();
    const deaf = this.worker;
    // Not waited for: what is deaf may not hear this either. Its running handlers end by themselves, and their claims are fenced.
    void deaf?.close(true).catch(() => undefined);
    this.stuckSince = this.elapsed();
    await this.connect();
  }

  private async connect(): Promise<void> {
    const { backend, family, concurrency, handle } = this.parts;
    const worker = backend.openWorker(
      familyQueue(family),
      async (name, message) => {
        this.pickups += 1;
        this.active += 1;
        try {
          await handle(name, message);
        } finally {
          this.active -= 1;
        }
      },
      concurrency,
    );
    this.worker = worker;
    await worker.waitUntilReady();
    // `run` settles when the worker is closed; trouble on the way is reported through the backend's error listener.
    worker.run().catch(() => undefined);
  }

  private watch(): void {
    this.timer = setTimeout(() => {
      void this.look()
        .catch((error: unknown) => this.parts.logger.warn({ err: error, family: this.family }, 'a queue could not be opened anew yet'))
        .finally(() => {
          if (!this.closed) this.watch();
        });
    }, this.parts.timing.checkMs);
  }
}
