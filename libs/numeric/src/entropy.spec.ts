import { describe, expect, it } from '@jest/globals';
import { entropy } from './entropy.js';
import { Random } from './random.js';

const reference = (shares: ArrayLike<number>) =>
  Array.from(shares).reduce((sum, share) => (share > 0 ? sum - share * Math.log(share) : sum), 0);

describe('entropy', () => {
  it('has its closed forms', () => {
    expect(entropy(Float64Array.of(1))).toBe(0);
    expect(entropy(Float32Array.of(1, 0, 0))).toBe(0);
    for (const keys of [2, 3, 8, 1000]) expect(entropy(new Float64Array(keys).fill(1 / keys))).toBeCloseTo(Math.log(keys), 12);
    for (const keys of [2, 8, 1024]) expect(entropy(new Float32Array(keys).fill(1 / keys))).toBeCloseTo(Math.log(keys), 12);
  });

  it('is that of the logarithms, for float32 of every size', () => {
    const random = new Random(3, 1, 0, 0);
    for (let trial = 0; trial < 200; trial++) {
      const shares = Float32Array.from({ length: 50 }, () => random.float() ** (1 + (trial % 40)));
      expect(Math.abs(entropy(shares) - reference(shares))).toBeLessThanOrEqual(1e-13 * Math.max(1, reference(shares)));
    }
  });

  it('takes nothing from 0, from the smallest numbers, and from what rounding made larger than 1', () => {
    const odd = Float32Array.of(0, 1e-42, 1.0000001, 2 ** -126);
    expect(Math.abs(entropy(odd) - reference(odd))).toBeLessThan(1e-13);
  });

  it('reads a part of a buffer', () => {
    const whole = Float32Array.of(0.5, 0.25, 0.25, 1);
    expect(entropy(whole.subarray(1, 3))).toBeCloseTo(0.5 * Math.log(4), 14);
  });
});
