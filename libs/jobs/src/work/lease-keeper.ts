import type { Logger } from '#platform';
import type { JobProgress } from '../store/job.js';
import type { Claim, JobStore, LeaseState } from '../store/job-store.js';

export interface LeaseTiming {
  readonly leaseSeconds: number;
  /** Milliseconds between heartbeats; well below the lease, and below the two seconds a cancel may take. */
  readonly heartbeatMs: number;
}

/**
 * Keeps a claim alive while its child computes: renews the lease, stores progress, and learns of a cancel or of
 * a later epoch. A database that cannot be reached is waited out, since the commit is fenced anyway.
 */
export class LeaseKeeper {
  private timer: NodeJS.Timeout | undefined;
  private latest: JobProgress;
  private inFlight: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly store: JobStore,
    private readonly claim: Claim,
    private readonly timing: LeaseTiming,
    private readonly logger: Logger,
    /** Called once, when the lease is no longer simply held. */
    private readonly onChange: (state: Exclude<LeaseState, 'held'>) => void,
  ) {
    // Merging goes on from where the parts have come.
    this.latest =
      claim.parts === null ? { done: 0, total: claim.part === null ? 0 : claim.progress.total, phase: 'starting' } : claim.progress;
  }

  start(): void {
    this.timer = setTimeout(() => {
      this.inFlight = this.beat();
    }, this.timing.heartbeatMs);
  }

  report(progress: JobProgress): void {
    this.latest = progress;
  }

  /** Resolves when no heartbeat is under way any more. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.inFlight;
  }

  private async beat(): Promise<void> {
    try {
      const state = await this.store.heartbeat(this.claim, this.latest, this.timing.leaseSeconds);
      if (state !== 'held') {
        this.stopped = true;
        this.onChange(state);
      }
    } catch (error) {
      this.logger.warn({ err: error, jobId: this.claim.jobId }, 'a heartbeat failed; the run goes on');
    }
    if (!this.stopped) this.start();
  }
}
