import { describe, expect, it } from '@jest/globals';
import { percentile } from './percentile.js';

describe('percentile', () => {
  // numpy 2.4.6: np.percentile([3, -1, 4, 1.5, 9, 2.6], q)
  it.each([
    [0, -1],
    [10, 0.25],
    [25, 1.775],
    [33.3, 2.2315],
    [50, 2.8],
    [75, 3.75],
    [90, 6.5],
    [100, 9],
  ])('at %d', (percent, expected) => {
    expect(percentile([-1, 1.5, 2.6, 3, 4, 9], percent)).toBeCloseTo(expected, 14);
  });

  it('of one value is this value', () => {
    expect(percentile([5], 37)).toBe(5);
  });

  it('refuses an empty list and a percentage outside 0 … 100', () => {
    expect(() => percentile([], 50)).toThrow(RangeError);
    expect(() => percentile([1], 100.5)).toThrow(RangeError);
  });
});
