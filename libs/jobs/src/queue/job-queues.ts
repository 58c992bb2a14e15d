import type { OutboxEntry } from '../store/job-store.js';
import type { OpenQueue, QueueBackend } from './queue-backend.js';
import { entryId, HEARTBEAT } from './queue-settings.js';

// A finished entry has nothing to tell: the job's row has it all. A failed one must not stay either, since it would block its id.
const ENTRY_OPTIONS = { removeOnComplete: true, removeOnFail: true, attempts: 1, sizeLimit: 2048 } as const;
/** Up to so many go in faster one by one than as a list (PostgreSQL backend of BullMQ 6.7: 0.4 ms each, 4 ms a list). */
const FEW = 8;

/** Publishes jobs to the queues of their families. */
export class JobQueues {
  private readonly open = new Map<string, OpenQueue>();

  constructor(private readonly backend: QueueBackend) {}

  /** Adds entries; one that is there already stays as it is. Rejects when the backend cannot be reached. */
  async publish(entries: readonly OutboxEntry[]): Promise<void> {
    for (const [queue, group] of groupByQueue(entries)) {
      const jobs = group.map((entry) => ({
        name: entry.method,
        data: { jobId: entry.jobId },
        opts: { ...ENTRY_OPTIONS, jobId: entryId(entry.jobId, entry.epoch), priority: entry.priority },
      }));
      const into = this.queue(queue);
      if (jobs.length > FEW) await into.addBulk(jobs);
      else await Promise.all(jobs.map((job) => into.add(job.name, job.data, job.opts)));
    }
  }

  /** Whether an entry is still known to the queue, in any state but finished. */
  async has(entry: OutboxEntry): Promise<boolean> {
    const found = await this.queue(entry.queue).getJob(entryId(entry.jobId, entry.epoch));
    if (found === undefined) return false;
    return !(await found.isFailed()) && !(await found.isCompleted());
  }

  /** Ahead of every job: it shall tell whether anything is taken, not how much lies before it. */
  async sendHeartbeat(queue: string, id: string): Promise<void> {
    await this.queue(queue).addBulk([{ name: HEARTBEAT, data: { jobId: '' }, opts: { ...ENTRY_OPTIONS, jobId: id, priority: 1 } }]);
  }

  async hasHeartbeat(queue: string, id: string): Promise<boolean> {
    return (await this.queue(queue).getJob(id)) !== undefined;
  }

  /** Entries waiting and active in one queue. */
  async count(queue: string): Promise<{ readonly waiting: number; readonly active: number }> {
    const counts = await this.queue(queue).getJobCounts('waiting', 'prioritized', 'delayed', 'active');
    const waiting = (counts['waiting'] ?? 0) + (counts['prioritized'] ?? 0) + (counts['delayed'] ?? 0);
    return { waiting, active: counts['active'] ?? 0 };
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.open.values()].map((queue) => queue.close()));
    this.open.clear();
  }

  private queue(name: string): OpenQueue {
    const known = this.open.get(name);
    if (known !== undefined) return known;
    const queue = this.backend.openQueue(name);
    this.open.set(name, queue);
    return queue;
  }
}

function groupByQueue(entries: readonly OutboxEntry[]): Map<string, OutboxEntry[]> {
  const groups = new Map<string, OutboxEntry[]>();
  for (const entry of entries) {
    const group = groups.get(entry.queue);
    if (group === undefined) groups.set(entry.queue, [entry]);
    else group.push(entry);
  }
  return groups;
}
