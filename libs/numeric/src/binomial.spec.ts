import { describe, expect, it } from '@jest/globals';
import { binomial } from './binomial.js';

describe('binomial', () => {
  it('is exact up to 2^53', () => {
    for (let n = 0; n <= 56; n++) {
      let row = [1n];
      for (let i = 1; i <= n; i++) row = Array.from({ length: i + 1 }, (_, k) => (row[k - 1] ?? 0n) + (row[k] ?? 0n));
      row.forEach((count, k) => expect(binomial(n, k)).toBe(Number(count)));
    }
  });

  it('is close above, and infinite beyond the range of doubles', () => {
    expect(binomial(60, 30) / 118264581564861424 - 1).toBeCloseTo(0, 14);
    expect(binomial(1029, 514)).toBeLessThan(Infinity);
    expect(binomial(2000, 1000)).toBe(Infinity);
    expect([binomial(5000, 2), binomial(5000, 4998)]).toEqual([12497500, 12497500]);
  });

  it('is zero outside 0 … n', () => {
    expect([binomial(5, -1), binomial(5, 6)]).toEqual([0, 0]);
  });
});
