import { describe, expect, it } from '@jest/globals';
import { boundSqrtError, dequantiseSqrt, quantiseSqrt } from './quantise-sqrt.js';
import { Random } from './random.js';

const grid = Float64Array.from({ length: 10_001 }, (_, at) => at / 10_000);

function quantise(values: Float32Array | Float64Array) {
  const data = new Uint8Array(values.length);
  return { data, maxAbsError: quantiseSqrt(values, data) };
}

describe('quantiseSqrt', () => {
  it('keeps 0 and 1, and every byte that it made', () => {
    expect([...quantise(Float64Array.of(0, 1)).data]).toEqual([0, 255]);
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    expect([...quantise(dequantiseSqrt(bytes)).data]).toEqual([...bytes]);
  });

  it('tells the largest error, in whatever order the values come, and none beyond what half a step of the root says', () => {
    const random = new Random(1, 1, 0, 0);
    const skewed = Float64Array.from({ length: 10_000 }, () => random.float() ** 6);
    for (const values of [grid, grid.toReversed(), skewed, Float32Array.from(skewed)]) {
      const { data, maxAbsError } = quantise(values);
      const errors = Array.from(data, (byte, at) => Math.abs((byte / 255) ** 2 - (values[at] ?? NaN)));
      expect(maxAbsError).toBe(Math.max(...errors));
      errors.forEach((error, at) => expect(error).toBeLessThanOrEqual((Math.sqrt(values[at] ?? NaN) + 1 / 1020) / 255 + 1e-15));
    }
    expect(quantise(grid).maxAbsError).toBeGreaterThan(0.0035);
  });

  it('has a bound that every smaller number keeps, and the worst nearly reaches', () => {
    for (const most of [1, 0.5, 0.01]) {
      const values = Float64Array.from(grid, (value) => value * most);
      const { maxAbsError } = quantise(values);
      expect(maxAbsError).toBeLessThanOrEqual(boundSqrtError(most));
      expect(maxAbsError).toBeGreaterThan(boundSqrtError(most) * 0.95);
    }
  });

  it('keeps the order, and cuts what rounding made larger than 1', () => {
    const { data } = quantise(grid);
    expect([...data].every((byte, at) => byte >= (data[at - 1] ?? 0))).toBe(true);
    expect(quantise(Float64Array.of(1 + 1e-6)).data[0]).toBe(255);
  });

  it('writes from where it is told', () => {
    const data = new Uint8Array(4);
    quantiseSqrt(Float64Array.of(1, 0.25), data, 2);
    expect([...data]).toEqual([0, 0, 255, 128]);
  });
});
