import { describe, expect, it } from '@jest/globals';
import { chiSquareTail, Random } from '#numeric';
import { countOutcome, isDiscrete, learnColumn, type ColumnLaw } from './column-law.js';
import { drawRow, perturbTable } from './draw-row.js';
import { normalCdf } from './normal-cdf.js';

const trainingRows = 200;
const samples = 5000;

/** Columns of four kinds: spread out, with a zero-width bin, with an empty last bin, categories. */
function learnExample(): ColumnLaw[] {
  const random = new Random(3, 1, 0, 0);
  const make = (value: () => number): Float64Array => Float64Array.from({ length: trainingRows }, value);
  return [
    learnColumn(
      'age',
      'numeric',
      make(() => 20 + 50 * random.float() ** 2),
    ),
    learnColumn(
      'gain',
      'numeric',
      make(() => (random.below(3) === 0 ? 100 + random.below(900) : 0)),
    ),
    learnColumn(
      'flag',
      'numeric',
      make(() => Math.min(2, random.below(4))),
    ),
    learnColumn(
      'job',
      'categorical',
      make(() => [2, 2, 2, 5, 5, 9][random.below(6)] ?? NaN),
    ),
  ];
}

interface Draws {
  readonly values: number[][];
  readonly outcomes: number[][];
  readonly same: number[][];
}

function drawMany(laws: readonly ColumnLaw[], instance: readonly number[], seed: number): Draws {
  const table = perturbTable(laws, instance);
  const row = { values: new Float64Array(laws.length), outcomes: new Int32Array(laws.length), same: new Uint8Array(laws.length) };
  const draws: Draws = { values: [], outcomes: [], same: [] };
  for (let sample = 1; sample <= samples; sample++) {
    drawRow(table, seed, sample, row);
    draws.values.push([...row.values]);
    draws.outcomes.push([...row.outcomes]);
    draws.same.push([...row.same]);
  }
  return draws;
}

const density = (x: number): number => Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);

describe('drawRow', () => {
  const laws = learnExample();
  const draws = drawMany(laws, [30, 0, 2, 5], 11);

  it.each(laws.map((law, column) => ({ law, column })))(
    'draws the outcomes of column $column as often as training has them',
    ({ law, column }) => {
      let statistic = 0;
      let cells = 0;
      for (let outcome = 0; outcome < law.cumulative.length; outcome++) {
        const expected = (samples * countOutcome(law, outcome)) / trainingRows;
        const drawn = draws.outcomes.filter((row) => row[column] === outcome).length;
        if (expected === 0) expect(drawn).toBe(0);
        else {
          statistic += (drawn - expected) ** 2 / expected;
          cells++;
        }
      }
      expect(chiSquareTail(statistic, cells - 1)).toBeGreaterThan(0.001);
    },
  );

  it('counts every training row once', () => {
    const coin = [learnColumn('coin', 'categorical', Float64Array.from([3, 8]))];
    const threes = drawMany(coin, [3], 5).values.filter((row) => row[0] === 3).length;
    expect(chiSquareTail((threes - samples / 2) ** 2 / (samples / 4), 1)).toBeGreaterThan(0.001);
  });

  it('would see frequencies that ignore training', () => {
    const law = laws[3];
    const uniform = samples / 3;
    const statistic = [0, 1, 2].reduce((sum, outcome) => {
      const drawn = draws.outcomes.filter((row) => row[3] === outcome).length;
      return sum + (drawn - uniform) ** 2 / uniform;
    }, 0);
    expect(law?.categories).toEqual([2, 5, 9]);
    expect(chiSquareTail(statistic, 2)).toBeLessThan(1e-9);
  });

  it('keeps every value inside its bin and makes it the bin of its own value', () => {
    draws.values.forEach((values, sample) => {
      laws.forEach((law, column) => {
        const bin = law.quartiles?.bins[draws.outcomes[sample]?.[column] ?? -1];
        if (!bin) return;
        expect(values[column]).toBeGreaterThanOrEqual(bin.min);
        expect(values[column]).toBeLessThanOrEqual(bin.max);
      });
      expect(values[3]).toBe(laws[3]?.categories[draws.outcomes[sample]?.[3] ?? -1]);
    });
  });

  it('has in each bin the mean and variance of the truncated normal law', () => {
    for (const [outcome, bin] of (laws[0]?.quartiles?.bins ?? []).entries()) {
      const values = draws.values.filter((_, sample) => draws.outcomes[sample]?.[0] === outcome).map((row) => row[0] ?? NaN);
      const a = (bin.min - bin.mean) / bin.sd;
      const b = (bin.max - bin.mean) / bin.sd;
      const inside = normalCdf(b) - normalCdf(a);
      const shift = (density(a) - density(b)) / inside;
      const mean = bin.mean + bin.sd * shift;
      const variance = bin.sd ** 2 * (1 + (a * density(a) - b * density(b)) / inside - shift ** 2);
      const drawnMean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const squares = values.map((value) => (value - mean) ** 2);
      const drawnVariance = squares.reduce((sum, value) => sum + value, 0) / values.length;
      const spread = Math.sqrt(squares.reduce((sum, value) => sum + (value - variance) ** 2, 0) / values.length);
      expect(Math.abs(drawnMean - mean) / Math.sqrt(variance / values.length)).toBeLessThan(3.5);
      expect(Math.abs(drawnVariance - variance) / (spread / Math.sqrt(values.length))).toBeLessThan(3.5);
    }
  });

  it('gives a bin of no width its value', () => {
    expect(laws[1]?.quartiles?.bins[0]).toMatchObject({ name: 'gain <= 0.00', min: 0, max: 0, mean: 0 });
    const zeros = draws.values.filter((_, sample) => draws.outcomes[sample]?.[1] === 0).map((row) => row[1]);
    expect(new Set(zeros)).toEqual(new Set([0]));
  });

  it('marks the outcomes of the instance', () => {
    const instance = perturbTable(laws, [30, 0, 2, 5]).instance;
    draws.same.forEach((same, sample) => {
      expect(same).toEqual(instance.map((outcome, column) => (outcome === draws.outcomes[sample]?.[column] ? 1 : 0)));
    });
  });

  it('never finds the instance in a category or a bin that training does not have', () => {
    const { same } = drawMany(laws, [30, 0, 3, 4], 12);
    expect(same.some((row) => row[2] === 1 || row[3] === 1)).toBe(false);
    expect(laws.map(isDiscrete)).toEqual([false, false, false, true]);
  });

  it('depends on the seed and the number of the sample, not on what was drawn before', () => {
    const row = { values: new Float64Array(4), outcomes: new Int32Array(4), same: new Uint8Array(4) };
    drawRow(perturbTable(laws, [30, 0, 2, 5]), 11, 4321, row);
    expect([...row.values]).toEqual(draws.values[4320]);
    expect(drawMany(laws, [30, 0, 2, 5], 12).values).not.toEqual(draws.values);
  });
});
