import { describe, expect, it } from '@jest/globals';
import { MAX_ATTEMPTS, retryDelaySeconds } from './retry-delay.js';

const attempts = Array.from({ length: MAX_ATTEMPTS - 1 }, (_one, index) => index + 1);

describe('retryDelaySeconds', () => {
  it('spans about a day', () => {
    const hours = attempts.reduce((sum, attempt) => sum + retryDelaySeconds(attempt, 0.5), 0) / 3600;
    expect(hours).toBeGreaterThan(22);
    expect(hours).toBeLessThan(26);
  });

  it('grows, up to ten hours, and never more than a fifth from its middle', () => {
    for (const attempt of attempts) {
      const [least, middle, most] = [0, 0.5, 1].map((chance) => retryDelaySeconds(attempt, chance));
      expect([least, most]).toEqual([expect.closeTo(0.8 * (middle ?? 0)), expect.closeTo(1.2 * (middle ?? 0))]);
      expect(middle).toBeLessThanOrEqual(36_000);
      if (attempt > 1) expect(middle).toBeGreaterThan(retryDelaySeconds(attempt - 1, 0.5));
    }
  });
});
