import { describe, expect, it } from '@jest/globals';
import { studentQuantile } from './student-quantile.js';

describe('studentQuantile', () => {
  // scipy 1.17.1: scipy.stats.t.ppf(1 - tails / 2, degrees)
  it.each([
    // One degree: the cotangents of 30 and 45 degrees.
    [2 / 3, 1, Math.sqrt(1 / 3), 1e-14],
    [1 / 3, 1, Math.sqrt(3), 1e-14],
    [0.5, 1, 1, 1e-14],
    [0.01, 2, 9.924843200918287, 1e-3],
    [0.01, 3, 5.840909309733355, 1e-5],
    [0.01, 4.5, 4.272823993011293, 1e-5],
    [0.01, 8, 3.355387331333395, 1e-5],
    [0.01, 20, 2.8453397097861077, 1e-6],
    [0.05, 5, 2.5705818356363146, 1e-5],
    [0.5, 10, 0.6998120613124317, 1e-5],
    [0.0027, 12, 3.764235224229145, 1e-5],
    [0.01, Infinity, 2.5758293035489004, 1e-14],
  ])('leaves %d outside with %d degrees of freedom', (tails, degrees, expected, tolerance) => {
    expect(Math.abs(studentQuantile(tails, degrees) / expected - 1)).toBeLessThan(tolerance);
  });

  it('refuses what it is not accurate for', () => {
    expect(() => studentQuantile(0.01, 1.5)).toThrow(RangeError);
    expect(() => studentQuantile(0.01, 0)).toThrow(RangeError);
    expect(() => studentQuantile(0, 5)).toThrow(RangeError);
  });
});
