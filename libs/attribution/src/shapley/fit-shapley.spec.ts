import { describe, expect, it } from '@jest/globals';
import {
  airportGame,
  dividendGame,
  equalAndNullGame,
  randomDividendGame,
  randomMultiplicativeGame,
  randomTableGame,
  sigmoidGame,
  sparseTreeGame,
  tableGame,
  tabulateGame,
  type ToyGame,
} from '#testing';
import { BinaryRows } from '../lime/binary-rows.js';
import { allocatePairs } from './allocate-pairs.js';
import { fitShapley, type ShapleyEstimate } from './fit-shapley.js';
import type { PairSample, SampledWorths } from './pair-sample.js';
import { samplePairs } from './pair-sampler.js';
import { pairStrata } from './pair-strata.js';

function drawSample(players: number, pairs: number, seed: number): PairSample {
  const strata = pairStrata(players);
  const counts = allocatePairs(strata, pairs);
  const sampler = samplePairs(seed, players, strata);
  const rows = new BinaryRows(players);
  const stratumOf: number[] = [];
  const into = new Uint8Array(players);
  counts.forEach((count, stratum) => {
    for (let draw = 0; draw < count; draw++) {
      sampler.draw(stratum, into);
      rows.append(into);
      stratumOf.push(stratum);
    }
  });
  return { players, strata, counts, pairs: rows, stratumOf };
}

function play(game: ToyGame, sample: PairSample): SampledWorths {
  const present = new Uint8Array(game.players);
  const oddParts = Float64Array.from({ length: sample.pairs.length }, (_, pair) => {
    sample.pairs.read(pair, present);
    return (game.worth(present) - game.worth(present.map((bit) => 1 - bit))) / 2;
  });
  return { oddParts, total: game.worth(present.fill(1)) - game.worth(present.fill(0)) };
}

function estimate(game: ToyGame, pairs: number, seed: number): ShapleyEstimate {
  const sample = drawSample(game.players, pairs, seed);
  const [one] = fitShapley(sample, [play(game, sample)]);
  if (one === undefined) throw new RangeError('one target has one estimate');
  return one;
}

const allPairs = (players: number): number => 2 ** (players - 1) - 1;
const sum = (numbers: ArrayLike<number>): number => Array.from(numbers).reduce((total, number) => total + number, 0);

const games = [
  airportGame('airport', [3, 1, 4, 1, 5, 9, 2]),
  equalAndNullGame(9, 1),
  randomDividendGame(8, 2),
  randomMultiplicativeGame(10, 3),
  randomTableGame(7, 4),
  sparseTreeGame(12, 5),
];

describe.each(games)('fitShapley of $name', (game) => {
  it('gives the Shapley values when every pair is in the sample, without error', () => {
    const { values, standardErrors } = estimate(game, allPairs(game.players), 1);
    values.forEach((value, player) => expect(value).toBeCloseTo(game.shapley[player] ?? NaN, 11));
    expect([...standardErrors]).toEqual(game.shapley.map(() => 0));
  });

  it.each([4, 6])('adds up to the total with %i pairs a player', (share) => {
    const { values, standardErrors } = estimate(game, Math.min(share * game.players, allPairs(game.players) - 1), 2);
    expect(sum(values)).toBeCloseTo(sum(game.shapley), 12);
    expect(standardErrors.some((error) => error > 0)).toBe(true);
  });
});

describe('fitShapley', () => {
  it.each([2, 3, 6, 13, 60])('recovers a game of %i players without interactions from the smallest sample', (players) => {
    const worths = Array.from({ length: players }, (_, player) => Math.sin(player + 1));
    const game = dividendGame(
      'additive',
      players,
      worths.map((amount, player) => ({ members: [player], amount })),
    );
    const { values, standardErrors } = estimate(game, Math.min(3 * players, allPairs(players)), 3);
    values.forEach((value, player) => expect(value).toBeCloseTo(worths[player] ?? NaN, 12));
    standardErrors.forEach((error) => expect(error).toBeLessThan(1e-12));
  });

  it('is linear in the game', () => {
    const sample = drawSample(9, 60, 4);
    const [a, b] = [play(randomTableGame(9, 1), sample), play(randomTableGame(9, 2), sample)];
    const mixed: SampledWorths = {
      oddParts: a.oddParts.map((part, pair) => 2 * part - 3 * (b.oddParts[pair] ?? NaN)),
      total: 2 * a.total - 3 * b.total,
    };
    const [x, y, z] = fitShapley(sample, [a, b, mixed]);
    z?.values.forEach((value, player) => expect(value).toBeCloseTo(2 * (x?.values[player] ?? NaN) - 3 * (y?.values[player] ?? NaN), 12));
  });

  it('does not care what a game adds to both sides of every pair', () => {
    const game = randomDividendGame(10, 6);
    const even: ToyGame = {
      ...game,
      worth: (present) => {
        const size = sum(present);
        return game.worth(present) + (size * (10 - size)) / 3;
      },
    };
    const [plain, shifted] = [estimate(game, 70, 5), estimate(even, 70, 5)];
    plain.values.forEach((value, player) => expect(shifted.values[player]).toBeCloseTo(value, 12));
    plain.standardErrors.forEach((error, player) => expect(shifted.standardErrors[player]).toBeCloseTo(error, 12));
  });

  it('comes nearer with a larger sample, and says so', () => {
    const game = sigmoidGame(12, 7);
    const size = ({ values }: ShapleyEstimate): number =>
      Math.hypot(...values.map((value, player) => value - (game.shapley[player] ?? NaN)));
    const spread = ({ standardErrors }: ShapleyEstimate): number => Math.hypot(...standardErrors);
    const [few, many] = [estimate(game, 60, 8), estimate(game, 1000, 8)];
    expect(size(many)).toBeLessThan(size(few) / 3);
    expect(spread(many)).toBeLessThan(spread(few) / 3);
  });
});

describe('standard errors of fitShapley', () => {
  const families: readonly [string, (players: number, seed: number) => ToyGame][] = [
    ['dividends of every order', randomDividendGame],
    ['tables without structure', randomTableGame],
    ['equal and null players', equalAndNullGame],
    ['products', randomMultiplicativeGame],
    ['sparse trees', sparseTreeGame],
    ['sigmoids', sigmoidGame],
  ];
  const sizes = [7, 8, 10, 12];
  const games = families.flatMap(([, make]) =>
    sizes.flatMap((players) =>
      Array.from({ length: 6 }, (_, seed) => {
        const game = make(players, 1000 + seed);
        return { ...tableGame(game.name, tabulateGame(game)), shapley: game.shapley, seed };
      }),
    ),
  );

  /** Deviations from the exact values in units of the standard error. */
  function scoreAll(pairsOf: (players: number) => number): number[] {
    return games.flatMap((game) => {
      const { values, standardErrors } = estimate(game, pairsOf(game.players), game.seed);
      return Array.from(values, (value, player) => {
        const error = value - (game.shapley[player] ?? NaN);
        return Math.abs(error) < 1e-12 ? 0 : error / (standardErrors[player] ?? NaN);
      });
    });
  }

  it.each([
    ['the smallest budget', (players: number) => 4 * players],
    ['six pairs a player', (players: number) => Math.min(6 * players, allPairs(players) - 1)],
    ['half of all pairs', (players: number) => Math.floor(allPairs(players) / 2)],
    ['all pairs but one', (players: number) => allPairs(players) - 1],
  ])('are calibrated at %s', (_name, pairsOf) => {
    const all = scoreAll(pairsOf);
    const beyond = (limit: number): number => all.filter((score) => Math.abs(score) > limit).length / all.length;
    const rms = Math.sqrt(sum(all.map((score) => score * score)) / all.length);
    expect(rms).toBeGreaterThan(0.8);
    expect(rms).toBeLessThan(1.25);
    expect(beyond(3)).toBeLessThanOrEqual(0.01);
    expect(beyond(5)).toBe(0);
  });

  it.each([
    randomTableGame(7, 5),
    airportGame(
      'airport 10',
      Array.from({ length: 10 }, (_, player) => 2 ** player),
    ),
    tableGame(
      'majority',
      Float64Array.from({ length: 2 ** 7 }, (_, coalition) => (coalition.toString(2).replaceAll('0', '').length > 3 ? 1 : 0)),
    ),
    randomMultiplicativeGame(10, 5),
    sigmoidGame(10, 5),
  ])('hold 99 of 100 samples of $name within 2.58', (game) => {
    const tabulated = { ...tableGame(game.name, tabulateGame(game)), shapley: game.shapley };
    const beyond = Array.from({ length: 400 }, (_, seed) => {
      const { values, standardErrors } = estimate(tabulated, 4 * game.players, seed);
      return Array.from(
        values,
        (value, player) => Math.abs(value - (game.shapley[player] ?? NaN)) > 2.5758 * (standardErrors[player] ?? NaN),
      );
    }).flat();
    expect(beyond.filter(Boolean).length / beyond.length).toBeLessThanOrEqual(0.01);
  });
});
