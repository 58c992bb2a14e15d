import { describe, expect, it } from '@jest/globals';
import { normalCdf } from './normal-cdf.js';
import { drawTruncatedNormal, truncateNormal } from './truncated-normal.js';

const relativeError = (value: number, expected: number): number =>
  expected === 0 ? Math.abs(value) : Math.abs(value - expected) / Math.abs(expected);

describe('normalCdf', () => {
  // scipy.special.ndtr, SciPy 1.17.1
  it.each([
    [-37, 5.7255712225239266e-300],
    [-20, 2.7536241186061556e-89],
    [-8.5, 9.47953482220325e-18],
    [-3.0001, 0.0013494549132607172],
    [-3, 0.0013498980316300933],
    [-2.5, 0.006209665325776132],
    [-1, 0.15865525393145707],
    [-0.1, 0.460172162722971],
    [0, 0.5],
    [0.3, 0.6179114221889526],
    [1, 0.8413447460685429],
    [2.9, 0.998134186699616],
    [3.1, 0.9990323967867817],
    [6, 0.9999999990134123],
    [9, 1],
  ])('at %d', (x, expected) => {
    expect(relativeError(normalCdf(x), expected)).toBeLessThan(1e-12);
    expect(Math.abs(normalCdf(x) - expected)).toBeLessThan(3e-16);
  });

  it('takes infinite bounds', () => {
    expect([normalCdf(-Infinity), normalCdf(Infinity)]).toEqual([0, 1]);
  });
});

describe('drawTruncatedNormal', () => {
  // scipy.stats.truncnorm.ppf, SciPy 1.17.1
  it.each([
    [41.8, 3.72, 35, 48, 0.1, 37.531906072698554],
    [41.8, 3.72, 35, 48, 0.97, 47.14605099428957],
    [0, 1, -1, 5, 0.5, 0.20017331963207546],
    [10, 2, 14, 30, 0.25, 14.237178431225775],
    [10, 2, -30, -8, 0.75, -8.063059776732803],
    [10, 1e-11, 9, 10, 0.3, 9.999999999989635],
    [22.9, 2.6, 18, 27, 0, 18],
  ])('mean %d, sd %d on [%d, %d] at %d', (mean, sd, min, max, uniform, expected) => {
    // An interval above the mean is mirrored, so it is drawn from its other end.
    const u = min > mean ? 1 - uniform : uniform;
    expect(relativeError(drawTruncatedNormal(truncateNormal(mean, sd, min, max), u), expected)).toBeLessThan(1e-13);
  });

  it('gives the only value of an interval of no width', () => {
    expect(drawTruncatedNormal(truncateNormal(5, 1e-11, 5, 5), 0.2)).toBe(5);
  });

  it('stays inside an interval that no double can tell from impossible', () => {
    const value = drawTruncatedNormal(truncateNormal(0, 1, 50, 51), 0.5);
    expect(value).toBeGreaterThanOrEqual(50);
    expect(value).toBeLessThanOrEqual(51);
  });

  it('refuses a law that is none', () => {
    expect(() => truncateNormal(0, 0, 0, 1)).toThrow(RangeError);
    expect(() => truncateNormal(0, 1, 1, 0)).toThrow(RangeError);
    expect(() => truncateNormal(NaN, 1, 1, NaN)).toThrow(RangeError);
  });
});
