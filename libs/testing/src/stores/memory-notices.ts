import type { JobListener, Notices } from '#jobs';

/** Wake-up calls within a process. `lose` drops them, as a broken connection would. */
export class MemoryNotices implements Notices {
  private readonly jobListeners = new Set<JobListener>();
  private readonly outboxListeners = new Set<() => void>();
  lose = false;

  /** Listeners of jobs at the moment. */
  get listening(): number {
    return this.jobListeners.size;
  }

  onJob(listener: JobListener): () => void {
    this.jobListeners.add(listener);
    return () => this.jobListeners.delete(listener);
  }

  onOutbox(listener: () => void): () => void {
    this.outboxListeners.add(listener);
    return () => this.outboxListeners.delete(listener);
  }

  notifyJob(jobId: string, ended: boolean): void {
    if (!this.lose) for (const listener of this.jobListeners) listener(jobId, ended);
  }

  notifyOutbox(): void {
    if (!this.lose) for (const listener of this.outboxListeners) listener();
  }
}
