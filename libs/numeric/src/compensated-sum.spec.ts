import { describe, expect, it } from '@jest/globals';
import { compensatedSum } from './compensated-sum.js';

describe('compensatedSum', () => {
  it('keeps a small term between two large ones that cancel', () => {
    expect(compensatedSum([1e100, 1, -1e100])).toBe(1);
  });
});
