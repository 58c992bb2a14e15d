import type { Notices } from '#jobs';

/** Wake-up calls within a process. `lose` drops them, as a broken connection would. */
export class MemoryNotices implements Notices {
  private readonly jobListeners = new Set<(jobId: string) => void>();
  private readonly outboxListeners = new Set<() => void>();
  lose = false;

  /** Listeners of jobs at the moment. */
  get listening(): number {
    return this.jobListeners.size;
  }

  onJob(listener: (jobId: string) => void): () => void {
    this.jobListeners.add(listener);
    return () => this.jobListeners.delete(listener);
  }

  onOutbox(listener: () => void): () => void {
    this.outboxListeners.add(listener);
    return () => this.outboxListeners.delete(listener);
  }

  notifyJob(jobId: string): void {
    if (!this.lose) for (const listener of this.jobListeners) listener(jobId);
  }

  notifyOutbox(): void {
    if (!this.lose) for (const listener of this.outboxListeners) listener();
  }
}
