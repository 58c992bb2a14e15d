import { randomUUID } from 'node:crypto';
import type { JobQueues } from '../queue/job-queues.js';
import { familyQueue } from '../queue/queue-settings.js';
import type { BacklogStore } from '../store/backlog-store.js';

export interface FamilyWatchTiming {
  readonly intervalMs: number;
  /** Milliseconds that a heartbeat may lie in its queue before the family is called stalled. */
  readonly patienceMs: number;
}
export const familyWatchTiming: FamilyWatchTiming = { intervalMs: 10_000, patienceMs: 30_000 };

interface Heartbeat {
  readonly id: string;
  readonly sentAt: number;
}

/**
 * Sends a heartbeat through the queue of every family and looks whether somebody takes it. One that stays tells that nobody
 * consumes the queue, or that everyone is busy; leases that are renewed tell these two apart.
 */
export class FamilyWatch {
  private readonly heartbeats = new Map<string, Heartbeat>();
  private timer: NodeJS.Timeout | undefined;
  private current: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly families: readonly string[],
    private readonly queues: JobQueues,
    private readonly backlog: BacklogStore,
    private readonly timing: FamilyWatchTiming = familyWatchTiming,
  ) {}

  start(): void {
    this.current = this.round().finally(() => {
      if (!this.stopped) this.timer = setTimeout(() => this.start(), this.timing.intervalMs);
    });
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.current;
  }

  /** Families whose entries nobody takes although no worker of theirs is at work. @throws StoreUnavailable */
  async findStalled(): Promise<readonly string[]> {
    const late = [...this.heartbeats]
      .filter(([, { sentAt }]) => performance.now() - sentAt > this.timing.patienceMs)
      .map(([family]) => family);
    if (late.length === 0) return [];
    const { families } = await this.backlog.read();
    return late.filter((family) => (families.find((one) => one.family === family)?.held ?? 0) === 0);
  }

  private async round(): Promise<void> {
    for (const family of this.families) {
      try {
        await this.beat(family);
      } catch {
        // The queue is away, which readiness tells by itself: nothing can be said about who would take from it.
        this.heartbeats.delete(family);
      }
    }
  }

  private async beat(family: string): Promise<void> {
    const queue = familyQueue(family);
    const last = this.heartbeats.get(family);
    if (last !== undefined && (await this.queues.hasHeartbeat(queue, last.id))) return;
    const id = `heartbeat-${randomUUID()}`;
    await this.queues.sendHeartbeat(queue, id);
    this.heartbeats.set(family, { id, sentAt: performance.now() });
  }
}
