import type { AbandonedJob, Claim, Job, JobEventKind, OutboxEntry, Priority } from '#jobs';
import type { MemoryDatabase, MemoryJob } from './memory-database.js';

const PRIORITIES: Readonly<Record<Priority, number>> = { high: 1, normal: 10, low: 100 };

export function isEnded(job: Job): boolean {
  return job.finishedAt !== null;
}

/** What the statements of the job store have in common. */
export class MemoryJobRows {
  private lastOutboxId = 0n;

  constructor(private readonly database: MemoryDatabase) {}

  /** The row while the claim's epoch holds it. */
  held(claim: Claim): MemoryJob | null {
    const row = this.database.jobs.get(claim.jobId);
    return row?.epoch === claim.epoch && (row.job.state === 'RUNNING' || row.job.state === 'CANCELLING') ? row : null;
  }

  isOverdue(row: MemoryJob): boolean {
    return row.leaseUntil !== null && row.leaseUntil <= this.database.now();
  }

  isFree(row: MemoryJob): boolean {
    return row.job.state === 'QUEUED' || (row.job.state === 'RUNNING' && this.isOverdue(row));
  }

  isLate(row: MemoryJob): boolean {
    return row.job.deadlineAt.getTime() <= this.database.now();
  }

  /** How the reconciler must end the job; null while it need not. */
  judge(row: MemoryJob, maxAttempts: number): AbandonedJob['verdict'] | null {
    if (row.job.state === 'QUEUED') return this.isLate(row) ? 'EXPIRED' : null;
    if (isEnded(row.job) || !this.isOverdue(row)) return null;
    if (row.job.state === 'CANCELLING') return 'CANCELLED';
    if (this.isLate(row)) return 'DEADLINE_EXCEEDED';
    return row.job.attempt >= maxAttempts ? 'WORKER_LOST' : null;
  }

  change(row: MemoryJob, change: Partial<Job>): void {
    const before = row.job;
    row.job = { ...before, ...change };
    this.record(row, before);
    this.leaveOutbox(row);
    this.database.notices.notifyJob(row.job.id, isEnded(row.job));
  }

  /** The outbox holds what waits and nothing else. */
  private leaveOutbox(row: MemoryJob): void {
    const stays = (entry: OutboxEntry) => entry.jobId !== row.job.id || (entry.epoch >= row.epoch && !isEnded(row.job));
    this.database.outbox.splice(0, Infinity, ...this.database.outbox.filter(stays));
  }

  /** The events that the triggers of the database would write. */
  private record(row: MemoryJob, before: Job): void {
    const { job, events } = row;
    const add = (kind: JobEventKind, seen: Job) => events.push({ sequence: events.length + 1, kind, job: seen });
    if (job.warningCodes.join() !== before.warningCodes.join()) add('warning', { ...before, warningCodes: job.warningCodes });
    if (job.state !== before.state || job.attempt !== before.attempt) add('state', job);
    else if (JSON.stringify(job.progress) !== JSON.stringify(before.progress)) add('progress', job);
  }

  end(row: MemoryJob, change: Partial<Job>): void {
    row.leaseUntil = null;
    this.change(row, { progress: { ...row.job.progress, phase: 'done' }, finishedAt: new Date(this.database.now()), ...change });
  }

  closeAttempt(row: MemoryJob, outcome: string): void {
    const endedAt = new Date(this.database.now());
    row.attempts = row.attempts.map((one) => (one.endedAt === null ? { ...one, endedAt, outcome } : one));
  }

  /** An outbox row under the present epoch. */
  publish(row: MemoryJob): void {
    this.lastOutboxId += 1n;
    const { id: jobId, method, priority } = row.job;
    const entry = { id: this.lastOutboxId, jobId, epoch: row.epoch, queue: row.order.queue, method, priority: PRIORITIES[priority] };
    this.database.outbox.push({ ...entry, turn: 0, sentAt: null });
    this.database.notices.notifyOutbox();
  }
}
