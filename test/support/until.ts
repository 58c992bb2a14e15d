import { setTimeout as pause } from 'node:timers/promises';
import { inspect } from 'node:util';

export interface Patience {
  readonly everyMs?: number;
  readonly withinMs?: number;
}

/**
 * Looks again and again until what is seen holds.
 *
 * @param awaited ends the sentence "waited for …"
 * @throws Error with what was awaited and what was seen last; the same when a test that has failed is long over
 */
export async function until<T>(
  awaited: string,
  look: () => Promise<T> | T,
  holds: (seen: T) => boolean,
  { everyMs = 50, withinMs = 120_000 }: Patience = {},
): Promise<T> {
  const giveUp = performance.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (holds(seen)) return seen;
    if (performance.now() > giveUp) throw new Error(`waited ${withinMs / 1000} s for ${awaited}; seen last: ${inspect(seen).slice(-2000)}`);
    await pause(everyMs);
  }
}
