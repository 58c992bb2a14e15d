import { describe, expect, it } from '@jest/globals';
import { dequantiseSqrt, quantiseSqrt } from './quantise-sqrt.js';

const grid = Float64Array.from({ length: 10_001 }, (_, at) => at / 10_000);

describe('quantiseSqrt', () => {
  it('keeps 0 and 1, and every byte that it made', () => {
    expect([...quantiseSqrt([0, 1]).data]).toEqual([0, 255]);
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    expect([...quantiseSqrt(dequantiseSqrt(bytes)).data]).toEqual([...bytes]);
  });

  it('tells the largest error, which is no larger than half a step of the root says', () => {
    const { data, maxAbsError } = quantiseSqrt(grid);
    const errors = Array.from(data, (byte, at) => Math.abs((byte / 255) ** 2 - (grid[at] ?? NaN)));
    expect(maxAbsError).toBe(Math.max(...errors));
    errors.forEach((error, at) => expect(error).toBeLessThanOrEqual((Math.sqrt(grid[at] ?? NaN) + 1 / 1020) / 255 + 1e-15));
    expect(maxAbsError).toBeGreaterThan(0.0035);
  });

  it('keeps the order, and cuts what rounding made larger than 1', () => {
    const { data } = quantiseSqrt(grid);
    expect([...data].every((byte, at) => byte >= (data[at - 1] ?? 0))).toBe(true);
    expect(quantiseSqrt([1 + 1e-6]).data[0]).toBe(255);
  });
});
