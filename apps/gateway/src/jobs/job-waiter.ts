import type { OnModuleDestroy } from '@nestjs/common';
import { isTerminal, StoreUnavailable, type Job, type JobStore, type Notices } from '#jobs';
import { pauseOf, SharedReads } from './shared-reads.js';
import { WakeUp } from './wake-up.js';

/** A notice is lost only with the connection that brings it. Sixteen who looked four times a second took four per cent of a core. */
const POLL_MS = 1000;
/** Most jobs are new when somebody begins to wait: the first look comes a little later. One that was accepted long ago may have ended. */
const FIRST_LOOK_MS = 50;

/** Waits for jobs to end: woken by notices of the end, which may be lost, and looking by itself every second, or less often when many wait. */
export class JobWaiter implements OnModuleDestroy {
  private readonly stopping = new AbortController();
  private readonly reads = new SharedReads<Job | null>();
  private waiting = 0;

  constructor(
    private readonly jobs: JobStore,
    private readonly notices: Notices,
  ) {}

  /** The process is about to stop: whoever waits is answered with what is known. */
  onModuleDestroy(): void {
    this.stopping.abort();
  }

  /**
   * The job as it was seen last: ended, or as far as it came in the time given; null when it was not seen.
   *
   * @param signal aborted when nobody wants to know any more
   */
  async waitForEnd(tenant: string, jobId: string, milliseconds: number, signal: AbortSignal): Promise<Job | null> {
    const end = performance.now() + milliseconds;
    this.waiting += 1;
    const wakeUp = new WakeUp(signal, this.stopping.signal);
    const stopListening = this.notices.onJob((id, ended) => {
      if (id === jobId && ended) wakeUp.call();
    });
    try {
      await wakeUp.within(Math.min(FIRST_LOOK_MS, milliseconds));
      for (let seen: Job | null = null; ;) {
        seen = (await this.read(tenant, jobId)) ?? seen;
        const remaining = end - performance.now();
        if ((seen !== null && isTerminal(seen.state)) || remaining <= 0 || wakeUp.aborted) return seen;
        await wakeUp.within(Math.min(pauseOf(this.waiting, POLL_MS), remaining));
      }
    } finally {
      this.waiting -= 1;
      stopListening();
      wakeUp.close();
    }
  }

  private async read(tenant: string, jobId: string): Promise<Job | null> {
    try {
      return await this.reads.read(`${tenant} ${jobId}`, () => this.jobs.find(tenant, jobId));
    } catch (error) {
      // The job was accepted; that the database is away for a moment must not look like a refusal.
      if (error instanceof StoreUnavailable) return null;
      throw error;
    }
  }
}
