import { Slots, StoreUnavailable } from '#jobs';

/** Of the ten connections that a process has; what waits here must not keep submissions, heartbeats and the outbox waiting. */
const AT_ONCE = 2;

/**
 * Reads for those who wait for something, of whom there can be a thousand. Few run at once, and whoever asks for what is about to
 * be read shares that read. One that has begun is not shared: it may have missed what the asker was woken for. When the database is
 * found away, all who stand in line are told at once: each would have to wait for the same answer, one after the other.
 */
export class SharedReads<Answer> {
  private readonly slots = new Slots(AT_ONCE);
  private readonly waiting = new Map<string, Promise<Answer>>();
  /** How often the database was found away, and what it said last. */
  private outages = 0;
  private outage: StoreUnavailable | null = null;

  /** @param key what is read: equal keys are equal reads */
  read(key: string, act: () => Promise<Answer>): Promise<Answer> {
    const waiting = this.waiting.get(key);
    if (waiting !== undefined) return waiting;
    const answer = this.run(key, act);
    this.waiting.set(key, answer);
    return answer;
  }

  private async run(key: string, act: () => Promise<Answer>): Promise<Answer> {
    const before = this.outages;
    const release = await this.slots.acquire();
    this.waiting.delete(key);
    try {
      if (this.outages > before && this.outage !== null) throw this.outage;
      return await act();
    } catch (error) {
      if (error instanceof StoreUnavailable && this.outages === before) {
        this.outages += 1;
        this.outage = error;
      }
      throw error;
    } finally {
      release();
    }
  }
}

/** Milliseconds between two looks of one of `count` who wait: together they look fifty times a second at most. */
export function pauseOf(count: number, shortestMs: number): number {
  return Math.max(shortestMs, count * 20);
}
