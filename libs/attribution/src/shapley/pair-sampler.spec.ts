import { describe, expect, it } from '@jest/globals';
import { binomial, chiSquareTail } from '#numeric';
import { allocatePairs } from './allocate-pairs.js';
import { samplePairs } from './pair-sampler.js';
import { pairStrata } from './pair-strata.js';
import { unrankSubset } from './unrank-subset.js';

function drawAll(seed: number, players: number, stratum: number, draws: number): string[] {
  const sampler = samplePairs(seed, players, pairStrata(players));
  const into = new Uint8Array(players);
  return Array.from({ length: draws }, () => {
    sampler.draw(stratum, into);
    return into.join('');
  });
}
const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

describe('pairStrata', () => {
  it.each([2, 3, 7, 8, 14])('count every coalition of %i players but the empty and the full one once', (players) => {
    expect(2 * sum(pairStrata(players).map((stratum) => stratum.pairs))).toBe(2 ** players - 2);
  });
});

describe('unrankSubset', () => {
  it.each([
    [1, 1],
    [6, 3],
    [9, 2],
    [10, 9],
  ])('lists each subset of %i things by %i once', (n, k) => {
    const into = new Uint8Array(n);
    const subsets = Array.from({ length: binomial(n, k) }, (_, rank) => {
      unrankSubset(n, k, rank, into);
      expect(sum([...into])).toBe(k);
      return into.join('');
    });
    expect(new Set(subsets).size).toBe(binomial(n, k));
  });
});

describe('samplePairs', () => {
  it('deals a whole stratum without repeating a pair', () => {
    for (const [players, stratum] of [
      [9, 3],
      [8, 3],
      [8, 0],
    ] as const) {
      const { pairs = 0, size } = pairStrata(players)[stratum] ?? {};
      const drawn = drawAll(5, players, stratum, pairs);
      expect(new Set(drawn).size).toBe(pairs);
      for (const coalition of drawn) expect(sum([...coalition].map(Number))).toBe(size);
      expect(() => drawAll(5, players, stratum, pairs + 1)).toThrow(RangeError);
    }
  });

  it('lets player 0 stand for both halves of a middle pair', () => {
    for (const coalition of drawAll(5, 8, 3, 35)) expect(coalition[0]).toBe('1');
  });

  it('draws the j-th pair of a stratum alike, whatever is drawn between', () => {
    const strata = pairStrata(10);
    const into = new Uint8Array(10);
    const mixed = samplePairs(7, 10, strata);
    const drawn: string[] = [];
    for (let draw = 0; draw < 30; draw++) {
      mixed.draw(2, into);
      drawn.push(into.join(''));
      mixed.draw(3, into);
    }
    expect(drawn).toEqual(drawAll(7, 10, 2, 30));
    expect(drawn).not.toEqual(drawAll(8, 10, 2, 30));
  });

  it('draws every pair of a stratum with the same probability, first and last', () => {
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 3000; seed++) {
      for (const coalition of drawAll(seed, 6, 2, 4)) counts.set(coalition, (counts.get(coalition) ?? 0) + 1);
    }
    const expected = (3000 * 4) / 10;
    const statistic = sum([...counts.values()].map((count) => (count - expected) ** 2 / expected));
    expect(counts.size).toBe(10);
    // Draws without replacement vary less than independent ones, so the chi-square law is an upper bound.
    expect(chiSquareTail(statistic, 9)).toBeGreaterThan(1e-4);
  });

  it('draws from strata too large to be numbered', () => {
    const drawn = drawAll(9, 80, 39, 500);
    expect(new Set(drawn).size).toBe(500);
    for (const coalition of drawn) {
      expect(coalition[0]).toBe('1');
      expect(sum([...coalition].map(Number))).toBe(40);
    }
    expect(drawAll(9, 80, 38, 500).every((coalition) => sum([...coalition].map(Number)) === 39)).toBe(true);
  });
});

describe('allocatePairs', () => {
  it.each([4, 5, 9, 12, 31, 200])('spends exactly what it is given, for %i players', (players) => {
    const strata = pairStrata(players);
    const most = Math.min(5000, sum(strata.map((stratum) => stratum.pairs)));
    let before = strata.map(() => 0);
    for (let pairs = players; pairs <= most; pairs += 1 + Math.floor(pairs / 50)) {
      const counts = allocatePairs(strata, pairs);
      expect(sum(counts)).toBe(pairs);
      expect(counts[0]).toBe(players);
      counts.forEach((count, index) => {
        expect(count).toBeLessThanOrEqual(strata[index]?.pairs ?? 0);
        expect(count).toBeGreaterThanOrEqual(before[index] ?? 0);
      });
      before = [...counts];
    }
  });

  it('gives every open size the same and takes small strata whole', () => {
    expect(allocatePairs(pairStrata(12), 200)).toEqual([12, 42, 42, 42, 42, 20]);
    expect(allocatePairs(pairStrata(12), 600)).toEqual([12, 66, 150, 149, 149, 74]);
    expect(allocatePairs(pairStrata(12), 2047)).toEqual([12, 66, 220, 495, 792, 462]);
  });

  it('gives two pairs at least to every open stratum from three times the players on', () => {
    for (let players = 6; players <= 400; players++) {
      const strata = pairStrata(players);
      allocatePairs(strata, 3 * players).forEach((count, index) => {
        expect(count).toBeGreaterThanOrEqual(Math.min(2, strata[index]?.pairs ?? 0));
      });
    }
  });

  it('refuses fewer pairs than there are players', () => {
    expect(() => allocatePairs(pairStrata(8), 7)).toThrow(RangeError);
  });
});
