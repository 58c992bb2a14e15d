import { describe, expect, it } from '@jest/globals';
import { BinaryRows } from './binary-rows.js';
import { learnColumn } from './column-law.js';
import { cosineDistance } from './cosine-distance.js';
import { drawRow, perturbTable } from './draw-row.js';
import { drawTextMask } from './draw-text-mask.js';
import { euclideanDistance } from './euclidean-distance.js';
import { fitSurrogates, type Surrogate } from './fit-surrogate.js';
import { limeKernel } from './lime-kernel.js';
import { countEffectiveSamples, type Neighbourhood } from './neighbourhood.js';

interface Game {
  readonly neighbourhood: Neighbourhood;
  readonly scores: Float64Array;
}

type Score = (kept: Uint8Array) => number;

/** Every draw a row of its own, or equal draws counted on one row. */
function playText(features: number, samples: number, seed: number, score: Score, merged: boolean): Game {
  const rows = new BinaryRows(features);
  const kept = new Uint8Array(features).fill(1);
  const counts: number[] = [];
  const kernelWeights: number[] = [];
  const scores: number[] = [];
  for (let sample = 0; sample < samples; sample++) {
    if (sample > 0) drawTextMask(seed, sample, kept);
    const row = merged ? rows.intern(kept) : rows.append(kept);
    counts[row] = (counts[row] ?? 0) + 1;
    const ones = kept.reduce((sum, bit) => sum + bit, 0);
    kernelWeights[row] = limeKernel(cosineDistance(ones, features), 25);
    scores[row] = score(kept);
  }
  return { neighbourhood: { rows, counts, kernelWeights }, scores: Float64Array.from(scores) };
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const slopes = [1.5, -2, 0.7, 0, 1, -0.4, 0.2, 2.5];
/** Words that weigh, pairs that interact, and one (index 3) that the score never reads. */
const score: Score = (kept) => {
  const linear = slopes.reduce((sum, slope, feature) => sum + slope * (kept[feature] ?? 0), -1);
  return sigmoid(linear + 1.5 * (kept[0] ?? 0) * (kept[1] ?? 0) - (kept[4] ?? 0) * (kept[7] ?? 0));
};

const plain = { selection: 'none', numFeatures: 10, alpha: 1 } as const;

function fit({ neighbourhood, scores }: Game, choices: Parameters<typeof fitSurrogates>[2] = plain): Surrogate {
  const [surrogate] = fitSurrogates(neighbourhood, [scores], choices);
  if (!surrogate) throw new RangeError('one target has one surrogate');
  return surrogate;
}

/** Root mean square of (weight - mean over seeds) / standard error, and its largest size. */
function compareSpread(surrogates: readonly Surrogate[]): { rms: number; largest: number } {
  const z: number[] = [];
  for (let feature = 0; feature < (surrogates[0]?.weights.length ?? 0); feature++) {
    const weights = surrogates.map((surrogate) => surrogate.weights[feature] ?? NaN);
    const mean = weights.reduce((sum, weight) => sum + weight, 0) / weights.length;
    // The mean is made of the same weights, which takes this much from their spread.
    const lost = Math.sqrt(weights.length / (weights.length - 1));
    weights.forEach((weight, run) => z.push((lost * (weight - mean)) / (surrogates[run]?.standardErrors[feature] ?? NaN)));
  }
  return { rms: Math.sqrt(z.reduce((sum, value) => sum + value * value, 0) / z.length), largest: Math.max(...z.map(Math.abs)) };
}

describe('fitSurrogates', () => {
  it('recovers the weights of a linear score', () => {
    const surrogate = fit(
      playText(8, 600, 1, (kept) => slopes.reduce((sum, slope, feature) => sum + slope * (kept[feature] ?? 0), 0.25), true),
      { ...plain, alpha: 1e-6 },
    );
    surrogate.weights.forEach((weight, feature) => expect(weight).toBeCloseTo(slopes[feature] ?? NaN, 5));
    expect(surrogate.intercept).toBeCloseTo(0.25, 5);
    expect(surrogate.fidelity).toBeCloseTo(1, 10);
  });

  it('counts equal draws as if each were a row of its own', () => {
    const merged = playText(5, 2000, 2, score, true);
    expect(merged.neighbourhood.rows.length).toBeLessThanOrEqual(32);
    const apart = fit(playText(5, 2000, 2, score, false));
    const together = fit(merged);
    for (const part of ['weights', 'standardErrors'] as const) {
      apart[part].forEach((value, feature) => expect(together[part][feature]).toBeCloseTo(value, 12));
    }
    expect(together.fidelity).toBeCloseTo(apart.fidelity, 12);
    expect(together.intercept).toBeCloseTo(apart.intercept, 12);
  });

  it('says what the surrogate gives the original', () => {
    const { intercept, weights, localPrediction } = fit(playText(8, 300, 3, score, true));
    expect(weights.reduce((sum, weight) => sum + weight, intercept)).toBeCloseTo(localPrediction, 12);
  });

  it('gives exactly nothing where the score never changes', () => {
    const surrogate = fit(playText(8, 300, 4, () => 0.1 + 0.2, true));
    expect(surrogate.weights).toEqual(slopes.map(() => 0));
    expect(surrogate.standardErrors).toEqual(slopes.map(() => 0));
    expect(surrogate).toMatchObject({ intercept: 0.1 + 0.2, localPrediction: 0.1 + 0.2, fidelity: 1 });
  });

  it('has no standard error where every draw is the same', () => {
    const { weights, standardErrors } = fit(playText(1, 50, 4, (kept) => kept[0] ?? 0, false));
    expect(weights[0]).toBeGreaterThan(0);
    expect(standardErrors[0]).toBeCloseTo(0, 9);
  });

  it('fits several targets to one neighbourhood as it fits each alone', () => {
    const { neighbourhood, scores } = playText(8, 300, 5, score, true);
    const complement = scores.map((value) => 1 - value);
    const [own, other] = fitSurrogates(neighbourhood, [scores, complement], plain);
    expect(own).toEqual(fit({ neighbourhood, scores }));
    other?.weights.forEach((weight, feature) => expect(weight).toBeCloseTo(-(own?.weights[feature] ?? NaN), 12));
  });

  it('keeps the features with the largest weights and leaves the others at exactly 0', () => {
    const game = playText(8, 1500, 6, score, true);
    const all = fit(game, { ...plain, alpha: 0.01 });
    const largest = slopes
      .map((_, feature) => feature)
      .toSorted((a, b) => Math.abs(all.weights[b] ?? 0) - Math.abs(all.weights[a] ?? 0))
      .slice(0, 3);
    const surrogate = fit(game, { ...plain, selection: 'highest_weights', numFeatures: 3 });
    expect(surrogate.selected).toEqual(largest);
    surrogate.weights.forEach((weight, feature) => {
      expect(weight !== 0).toBe(largest.includes(feature));
      expect((surrogate.standardErrors[feature] ?? NaN) > 0).toBe(largest.includes(feature));
    });
    expect(surrogate.fidelity).toBeLessThan(all.fidelity);
  });

  it.each([
    [12, 100],
    [8, 500],
    [20, 400],
  ])('has standard errors that match the spread over seeds: %i words, %i samples', (features, samples) => {
    const long: Score = (kept) => score(kept) + Math.sin(kept.reduce((sum, bit, feature) => sum + bit * feature, 0)) / 4;
    const surrogates = Array.from({ length: 150 }, (_, seed) => fit(playText(features, samples, seed, long, true)));
    const { rms, largest } = compareSpread(surrogates);
    expect(rms).toBeGreaterThan(0.9);
    expect(rms).toBeLessThan(1.1);
    expect(largest).toBeLessThan(5);
  });

  describe('of rows of a table', () => {
    const columns = 5;
    const ignored = 3;
    const samples = 300;
    const laws = Array.from({ length: columns }, (_, column) =>
      learnColumn(
        'x',
        column < 3 ? 'numeric' : 'categorical',
        Float64Array.from({ length: 60 }, (_value, row) => (row * (column + 1)) % 7),
      ),
    );
    const table = perturbTable(laws, new Float64Array(columns).fill(2));
    const row = { values: new Float64Array(columns), outcomes: new Int32Array(columns), same: new Uint8Array(columns) };
    const surrogates = Array.from({ length: 120 }, (_, seed) => {
      const rows = new BinaryRows(columns);
      const kernelWeights = new Float64Array(samples);
      const scores = new Float64Array(samples);
      for (let sample = 0; sample < samples; sample++) {
        if (sample > 0) drawRow(table, seed, sample, row);
        else {
          row.values.fill(2);
          row.same.fill(1);
        }
        rows.append(row.same);
        kernelWeights[sample] = limeKernel(
          euclideanDistance(
            row.same.reduce((sum, bit) => sum + bit, 0),
            columns,
          ),
          Math.sqrt(columns) * 0.75,
        );
        const [a = NaN, b = NaN, c = NaN, , e = NaN] = row.values;
        scores[sample] = sigmoid(a - b * e * 0.2 + c / 3);
      }
      return fit({ neighbourhood: { rows, counts: new Uint8Array(samples).fill(1), kernelWeights }, scores });
    });

    it('has standard errors that match the spread over seeds', () => {
      const { rms, largest } = compareSpread(surrogates);
      expect(rms).toBeGreaterThan(0.9);
      expect(rms).toBeLessThan(1.1);
      expect(largest).toBeLessThan(5);
    });

    it('gives a column that the score ignores a weight within its standard error of 0', () => {
      const z = surrogates.map(({ weights, standardErrors }) => (weights[ignored] ?? NaN) / (standardErrors[ignored] ?? NaN));
      expect(Math.max(...z.map(Math.abs))).toBeLessThan(4);
      // Their mean has a standard deviation of 1 / sqrt(120).
      expect(Math.abs(z.reduce((sum, value) => sum + value, 0) / z.length)).toBeLessThan(4 / Math.sqrt(120));
    });
  });
});

describe('countEffectiveSamples', () => {
  it('is the number of draws under equal weights, and 1 when one outweighs all', () => {
    const rows = new BinaryRows(1);
    for (const bit of [1, 0, 1]) rows.append([bit]);
    expect(countEffectiveSamples({ rows, counts: [1, 5, 2], kernelWeights: [1, 1, 1] })).toBe(8);
    expect(countEffectiveSamples({ rows, counts: [1, 5, 2], kernelWeights: [1, 0, 0] })).toBe(1);
    expect(countEffectiveSamples({ rows, counts: [1, 2, 1], kernelWeights: [1, 0.5, 0] })).toBe(4 / 1.5);
  });
});
