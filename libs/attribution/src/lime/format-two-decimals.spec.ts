import { describe, expect, it } from '@jest/globals';
import { formatTwoDecimals } from './format-two-decimals.js';

describe('formatTwoDecimals', () => {
  // '%.2f' % value, Python 3.11
  it.each([
    [27, '27.00'],
    [0.125, '0.12'],
    [0.375, '0.38'],
    [-0.125, '-0.12'],
    [2.675, '2.67'],
    [1e21, '1000000000000000000000.00'],
    [-2e22, '-20000000000000000000000.00'],
    [-0.001, '-0.00'],
    [-0, '-0.00'],
    [99999.995, '99999.99'],
    [1234567.625, '1234567.62'],
  ])('%d', (value, expected) => {
    expect(formatTwoDecimals(value)).toBe(expected);
  });
});
