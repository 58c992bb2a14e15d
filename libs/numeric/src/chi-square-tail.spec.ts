import { describe, expect, it } from '@jest/globals';
import { chiSquareTail } from './chi-square-tail.js';

describe('chiSquareTail', () => {
  // scipy 1.17.1: scipy.stats.chi2.sf(statistic, degrees)
  it.each([
    [3.841458820694124, 1, 0.04999999999999989],
    [0.5, 3, 0.9188914116546758],
    [20, 10, 0.029252688076961124],
    [1000, 900, 0.010994608942135844],
    [40, 3, 1.065509033425585e-8],
    [0.01, 7, 0.999999999243059],
    [150, 40, 1.2397921541617078e-14],
    [0, 5, 1],
  ])('beyond %d with %d degrees of freedom', (statistic, degrees, expected) => {
    expect(Math.abs(chiSquareTail(statistic, degrees) / expected - 1)).toBeLessThan(1e-11);
  });

  it('refuses what is no chi-square', () => {
    expect(() => chiSquareTail(-1, 3)).toThrow(RangeError);
    expect(() => chiSquareTail(1, 0)).toThrow(RangeError);
  });
});
