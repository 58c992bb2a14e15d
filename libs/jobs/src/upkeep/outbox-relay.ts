import type { Logger } from '#platform';
import type { JobQueues } from '../queue/job-queues.js';
import type { JobStore } from '../store/job-store.js';
import type { Leadership, Notices } from '../store/notices.js';
import { passAll, type PassPoint } from '../work/crash-points.js';

const BATCH = 200;
/**
 * Jobs of one tenant that wait in one queue; the others wait in the outbox. Enough to keep every worker busy between two
 * rounds, few enough that another tenant's first job finds a short line.
 */
export const MAX_WAITING_PER_TENANT = 200;
const POLL_MS = 1000;
export const UPKEEP_DUTY = 'upkeep';

/**
 * Publishes outbox rows to the queue, turn by turn between tenants. Runs in every gateway; the leader does the work. A row is marked after
 * it is published, so a crash in between publishes it twice, which the queue ignores.
 */
export class OutboxRelay {
  private timer: NodeJS.Timeout | undefined;
  private current: Promise<void> | null = null;
  private again = false;
  private stopped = false;
  private stopListening: () => void = () => undefined;
  private failing = false;

  constructor(
    private readonly jobs: JobStore,
    private readonly queues: JobQueues,
    private readonly leadership: Leadership,
    private readonly notices: Notices,
    private readonly logger: Logger,
    private readonly pass: PassPoint = passAll,
  ) {}

  start(): void {
    // While the queue is away each new job would only be another attempt in vain: the timer tries again.
    this.stopListening = this.notices.onOutbox(() => {
      if (!this.failing) this.wake();
    });
    this.wake();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.stopListening();
    clearTimeout(this.timer);
    await this.current;
  }

  private wake(): void {
    if (this.stopped) return;
    if (this.current !== null) {
      this.again = true;
      return;
    }
    clearTimeout(this.timer);
    this.current = this.relay().finally(() => {
      this.current = null;
      if (this.stopped) return;
      if (this.again) {
        this.again = false;
        this.wake();
      } else this.timer = setTimeout(() => this.wake(), POLL_MS);
    });
  }

  private async relay(): Promise<void> {
    try {
      if (!(await this.leadership.holds(UPKEEP_DUTY))) return;
      for (;;) {
        const entries = await this.jobs.takeUnsent(BATCH, MAX_WAITING_PER_TENANT);
        if (entries.length === 0) break;
        this.pass('taken');
        await this.queues.publish(entries);
        this.pass('published');
        await this.jobs.markSent(entries);
        if (entries.length < BATCH) break;
      }
      if (this.failing) this.logger.info('the queue takes jobs again');
      this.failing = false;
    } catch (error) {
      if (!this.failing) this.logger.warn({ err: error }, 'jobs wait in the outbox: the queue or the database is not available');
      this.failing = true;
    }
  }
}
