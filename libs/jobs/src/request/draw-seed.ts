import { randomInt } from 'node:crypto';

/** A seed for a request that has none. crypto.randomInt reaches 2^48 - 1, which is seed enough and stays inside the documented range. */
export function drawSeed(): number {
  return randomInt(2 ** 48 - 1);
}
