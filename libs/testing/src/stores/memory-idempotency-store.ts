import type { IdempotencyStore, KeptAnswer } from '#jobs';
import type { MemoryDatabase } from './memory-database.js';

/** Kept answers in memory. */
export class MemoryIdempotencyStore implements IdempotencyStore {
  constructor(private readonly database: MemoryDatabase) {}

  find(tenant: string, key: string): Promise<KeptAnswer | null> {
    return this.database.within(() => this.database.answers.get(JSON.stringify([tenant, key]))?.kept ?? null);
  }

  forget(olderThanHours: number): Promise<number> {
    return this.database.within(() => {
      const old = [...this.database.answers].filter(([, { at }]) => at < this.database.now() - olderThanHours * 3_600_000);
      for (const [name] of old) this.database.answers.delete(name);
      return old.length;
    });
  }
}
