import { describe, expect, it } from '@jest/globals';
import { CompensatedSums, QuantileSketch, Random } from './index.js';

const draw = (seed: number, count: number): number[] => {
  const random = new Random(seed, 1, 0, 0);
  return Array.from({ length: count }, () => random.gaussian() * Math.exp(3 * random.gaussian()) + 0.1);
};

const sketchOf = (values: readonly number[]): QuantileSketch => {
  const sketch = new QuantileSketch();
  for (const value of values) sketch.add(value);
  return sketch;
};

describe('QuantileSketch', () => {
  it('is right to its relative error against sorted values, at every share', () => {
    const values = [...draw(1, 5000), 0, 0, 0];
    const sorted = Float64Array.from(values).sort();
    const sketch = sketchOf(values);
    for (let step = 0; step <= 1000; step++) {
      const exact = sorted[Math.floor((step / 1000) * (sorted.length - 1))] ?? NaN;
      expect(Math.abs(sketch.quantile(step / 1000) - exact)).toBeLessThanOrEqual(
        QuantileSketch.relativeError * Math.abs(exact) * (1 + 1e-9),
      );
    }
  });

  it('is the same in any order and in any split', () => {
    const values = draw(2, 3000);
    const merged = sketchOf(values.slice(2000).reverse());
    merged.merge(sketchOf(values.slice(0, 700)));
    merged.merge(QuantileSketch.of(sketchOf(values.slice(700, 2000)).toData()));
    expect(merged.toData()).toEqual(sketchOf(values).toData());
  });

  it('counts signs and has a bounded number of bins', () => {
    const sketch = sketchOf([1e-300, -1e-13, 0, 1e300, -1e200, 5]);
    expect([sketch.zeros, sketch.positives, sketch.negatives]).toEqual([3, 2, 1]);
    for (let power = -300; power < 300; power += 0.01) sketch.add(10 ** power);
    expect(sketch.toData().positive.length).toBeLessThan(24 * 120);
  });

  it('refuses an empty sketch and shares that are none', () => {
    expect(() => new QuantileSketch().quantile(0.5)).toThrow(RangeError);
    expect(() => sketchOf([1]).quantile(1.1)).toThrow(RangeError);
  });
});

describe('CompensatedSums', () => {
  it('loses nothing to a number that comes and goes, split or not', () => {
    const [one, other] = [CompensatedSums.zero(1), CompensatedSums.zero(1)];
    for (const value of [1, 1e100, 1]) one.add(0, value);
    for (const value of [-1e100, 0.5]) other.add(0, value);
    one.merge(other);
    expect(one.total(0)).toBe(2.5);
    expect(() => one.merge(CompensatedSums.zero(2))).toThrow(RangeError);
  });
});
