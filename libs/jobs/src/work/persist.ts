import { setTimeout as sleep } from 'node:timers/promises';
import { StoreUnavailable } from '../store/store-unavailable.js';

/**
 * Repeats a write while the database is away, so that a finished result outlives a short outage.
 *
 * @param patienceMs how long to go on trying; the last StoreUnavailable is thrown after that
 */
export async function persist<T>(write: () => Promise<T>, patienceMs = 30_000): Promise<T> {
  let waited = 0;
  for (let pauseMs = 100; ; pauseMs = Math.min(pauseMs * 2, 2000)) {
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof StoreUnavailable) || waited >= patienceMs) throw error;
      await sleep(pauseMs);
      waited += pauseMs;
    }
  }
}
