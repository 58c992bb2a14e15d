import { describe, expect, it } from '@jest/globals';
import { chiSquareTail, percentile, Random } from '#numeric';
import { drawPoissonWeights } from './poisson-weights.js';
import { RowSample } from './row-sample.js';
import { WordTable } from './word-table.js';

describe('drawPoissonWeights', () => {
  it('follows the law of Poisson with mean 1', () => {
    const counts = new Array<number>(6).fill(0);
    const into = new Uint8Array(200);
    for (let row = 0; row < 500; row++) {
      drawPoissonWeights(3, row, into);
      for (const weight of into) counts[Math.min(weight, 5)] = (counts[Math.min(weight, 5)] ?? 0) + 1;
    }
    const law = [1, 1, 1 / 2, 1 / 6, 1 / 24].map((share) => share / Math.E);
    const expected = [...law, 1 - law.reduce((sum, one) => sum + one, 0)].map((share) => share * 100_000);
    const statistic = counts.reduce((sum, count, weight) => sum + (count - (expected[weight] ?? NaN)) ** 2 / (expected[weight] ?? NaN), 0);
    expect(chiSquareTail(statistic, 5)).toBeGreaterThan(1e-3);
  });

  it('gives intervals for a mean that cover as often as they say', () => {
    // Fixed before anything was measured: 150 samples of 80 skewed values with mean 1, 200 replicates, 95 %.
    const into = new Uint8Array(200);
    let covered = 0;
    for (let seed = 0; seed < 150; seed++) {
      const random = new Random(seed, 9, 0, 0);
      const sums = new Float64Array(200);
      const weights = new Float64Array(200);
      for (let row = 0; row < 80; row++) {
        const value = -Math.log(1 - random.float());
        drawPoissonWeights(seed, row, into);
        into.forEach((weight, replicate) => {
          sums[replicate] = (sums[replicate] ?? 0) + weight * value;
          weights[replicate] = (weights[replicate] ?? 0) + weight;
        });
      }
      const means = sums.map((sum, replicate) => sum / (weights[replicate] ?? NaN)).sort();
      if (percentile(means, 2.5) <= 1 && 1 <= percentile(means, 97.5)) covered++;
    }
    // Percentile intervals of skewed values fall a little short; four standard errors about 94 %.
    expect(covered / 150).toBeGreaterThan(0.865);
    expect(covered / 150).toBeLessThan(0.99);
  });
});

describe('RowSample', () => {
  it('is the same whichever part is merged first, and every row is as likely', () => {
    const counts = new Array<number>(50).fill(0);
    for (let seed = 0; seed < 500; seed++) {
      const [whole, left, right] = [new RowSample<number>(seed, 5), new RowSample<number>(seed, 5), new RowSample<number>(seed, 5)];
      for (let row = 0; row < 50; row++) {
        whole.offer(row, () => row);
        (row < 17 ? left : right).offer(row, () => row);
      }
      for (const { row, item } of left.rows()) right.offer(row, () => item);
      expect(right.rows()).toEqual(whole.rows());
      for (const { row } of whole.rows()) counts[row] = (counts[row] ?? 0) + 1;
    }
    // Draws without replacement vary less than independent ones, so the chi-square law is an upper bound.
    expect(
      chiSquareTail(
        counts.reduce((sum, count) => sum + (count - 50) ** 2 / 50, 0),
        49,
      ),
    ).toBeGreaterThan(1e-3);
  });
});

describe('WordTable', () => {
  const random = new Random(4, 1, 0, 0);
  const text = Array.from({ length: 6000 }, () => `w${Math.floor(300 * random.float() ** 3)}`);
  const truth = new Map<string, number>();
  for (const word of text) truth.set(word, (truth.get(word) ?? 0) + 1);
  const tableOf = (words: readonly string[], capacity: number): WordTable => {
    const table = new WordTable(1, capacity);
    for (const word of words) table.add(word, [0.5]);
    return WordTable.of(table.toData(), 1, capacity);
  };

  it('is exact, and merges exactly, while there is room', () => {
    const merged = tableOf(text.slice(0, 1000), 1000);
    merged.merge(tableOf(text.slice(1000), 1000));
    expect(merged.bound).toBe(0);
    expect(new Map([...merged.words].map(([word, { count }]) => [word, count]))).toEqual(truth);
    for (const [, { count, sums }] of merged.words) expect(sums).toEqual([count / 2, count / 2, count / 4]);
  });

  it('holds its bounds when there is none', () => {
    const merged = tableOf(text.slice(0, 1500), 40);
    for (let from = 1500; from < text.length; from += 1500) merged.merge(tableOf(text.slice(from, from + 1500), 40));
    const kept = new Map(merged.words);
    expect(kept.size).toBeLessThanOrEqual(40);
    expect(merged.bound).toBeGreaterThan(0);
    for (const [word, count] of truth) {
      const found = kept.get(word);
      if (found === undefined) expect(count).toBeLessThanOrEqual(merged.bound);
      else {
        expect(count).toBeGreaterThanOrEqual(found.count);
        expect(count).toBeLessThanOrEqual(found.count + found.missed);
      }
    }
  });
});
