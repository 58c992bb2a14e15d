/** After so many attempts a delivery is given up: the last is made about a day after the first. */
export const MAX_ATTEMPTS = 11;

const FIRST_SECONDS = 5;
const FACTOR = 3;
const LONGEST_SECONDS = 10 * 3600;
const JITTER = 0.2;

/**
 * Seconds until the next attempt: 5 s, then three times as long each time, at most ten hours; a fifth more or less, so that
 * what failed together does not come back together.
 *
 * @param attempt that failed, from 1
 * @param chance from 0 to 1
 */
export function retryDelaySeconds(attempt: number, chance: number): number {
  const planned = Math.min(FIRST_SECONDS * FACTOR ** (attempt - 1), LONGEST_SECONDS);
  return planned * (1 - JITTER + 2 * JITTER * chance);
}
