import { describe, expect, it } from '@jest/globals';
import { meanScore } from './mean-score.js';
import type { OutputScale } from './output-scale.js';
import { probabilityOf } from './probabilities.js';
import { scoreRow, type ScoredTarget, type ScoreSpace } from './score-row.js';

const logits: OutputScale = { width: 3, kind: 'logits', multiLabel: false };
const labels: OutputScale = { width: 3, kind: 'logits', multiLabel: true };
const probabilities: OutputScale = { width: 3, kind: 'probabilities', multiLabel: false };
const target = (space: ScoreSpace, index = 0, against: number | null = null): ScoredTarget => ({ space, index, against });

function score(values: readonly number[], scale: OutputScale, of: ScoredTarget): { score: number; clips: number } {
  const counter = { clips: 0 };
  // A row before the one asked for: the start must be honoured.
  return { score: scoreRow(Float64Array.from([9, 9, 9, ...values]), 3, scale, of, counter), ...counter };
}

describe('scoreRow', () => {
  const z = [Math.log(1), Math.log(2), Math.log(5)];

  it.each([
    ['probability', target('probability', 1), 2 / 8],
    ['log-probability', target('log-probability', 1), Math.log(2 / 8)],
    ['logit', target('logit', 1), Math.log(2)],
    ['log-odds', target('log-odds', 1), Math.log(2 / 6)],
    ['link-of-mean of one row', target('link-of-mean', 1), Math.log(2 / 6)],
    ['contrast of logits', target('logit', 2, 1), Math.log(5 / 2)],
    ['contrast of log-odds', target('log-odds', 2, 1), Math.log(5 / 2)],
    ['contrast of log-probabilities', target('log-probability', 1, 2), Math.log(2 / 5)],
  ])('reads %s from logits', (_name, of, expected) => {
    expect(score(z, logits, of).score).toBeCloseTo(expected, 14);
  });

  it.each([
    ['probability', target('probability', 1), 0.25],
    ['log-probability', target('log-probability', 1), Math.log(0.25)],
    ['log-odds', target('log-odds', 1), Math.log(1 / 3)],
    ['contrast', target('log-odds', 2, 1), Math.log(0.65 / 0.25)],
  ])('reads %s from probabilities', (_name, of, expected) => {
    expect(score([0.1, 0.25, 0.65], probabilities, of).score).toBeCloseTo(expected, 14);
  });

  it.each([
    ['probability', target('probability', 1), 2 / 3],
    ['log-probability', target('log-probability', 1), Math.log(2 / 3)],
    ['log-odds', target('log-odds', 1), Math.log(2)],
    ['contrast', target('log-odds', 2, 1), Math.log(5 / 6 / (2 / 3))],
  ])('reads %s of labels that have a sigmoid each', (_name, of, expected) => {
    expect(score(z, labels, of).score).toBeCloseTo(expected, 14);
  });

  it('reads margins and values as they are', () => {
    expect(score([1, 4, 6], { ...logits, kind: 'margin' }, target('margin', 2, 0)).score).toBe(5);
    expect(score([7], { width: 1, kind: 'value', multiLabel: false }, target('value')).score).toBe(7);
  });

  it('keeps every digit of logits that saturate a probability', () => {
    for (const scale of [logits, labels]) {
      const steep = [-800, 800, -800];
      expect(score(steep, scale, target('log-odds', 1))).toEqual({ score: scale.multiLabel ? 800 : 1600 - Math.log(2), clips: 0 });
      expect(score(steep, scale, target('log-probability', 0))).toEqual({ score: scale.multiLabel ? -800 : -1600, clips: 0 });
      expect(score(steep, scale, target('probability', 1)).score).toBe(1);
    }
  });

  it('counts the probabilities it had to clip', () => {
    const limit = Math.log(1 - 1e-7) - Math.log(1e-7);
    expect(score([1, 0, 0], probabilities, target('log-odds', 0)).clips).toBe(1);
    expect(score([1, 0, 0], probabilities, target('log-odds', 0)).score).toBeCloseTo(limit, 6);
    expect(score([1, 0, 0], probabilities, target('log-odds', 1)).score).toBeCloseTo(-limit, 6);
    expect(score([1, 0, 0], probabilities, target('log-probability', 1))).toEqual({ score: Math.log(1e-7), clips: 1 });
    expect(score([1, 0, 0], probabilities, target('log-odds', 1, 2)).clips).toBe(2);
    expect(score([0.5, 0.25, 0.25], probabilities, target('log-odds', 0)).clips).toBe(0);
  });

  it('has no probability of a margin', () => {
    expect(() => probabilityOf(Float64Array.from([1]), 0, { width: 1, kind: 'margin', multiLabel: false }, 0)).toThrow(RangeError);
  });
});

describe('meanScore', () => {
  const outputs = Float64Array.from([0.9, 0.1, 0, 0.2, 0.8, 0, 0.6, 0.4, 0]);

  it('averages the score over the rows of a coalition', () => {
    const counter = { clips: 0 };
    expect(meanScore(outputs, 1, 2, probabilities, target('probability', 1), counter)).toBeCloseTo(0.6, 15);
    expect(meanScore(outputs, 1, 2, probabilities, target('log-odds', 1), counter)).toBeCloseTo((Math.log(4) + Math.log(2 / 3)) / 2, 14);
  });

  it('takes the link of the mean, which is not the mean of the link', () => {
    expect(meanScore(outputs, 1, 2, probabilities, target('link-of-mean', 1), { clips: 0 })).toBeCloseTo(Math.log(0.6 / 0.4), 14);
  });

  it('takes the link of a single row from its logits, without a clip', () => {
    const counter = { clips: 0 };
    expect(meanScore(Float64Array.from([-800, 800, -800]), 0, 1, logits, target('link-of-mean', 1), counter)).toBe(1600 - Math.log(2));
    expect(counter.clips).toBe(0);
  });

  it('gives equal rows their own score, to the last bit', () => {
    const rows = 97;
    const equal = Float64Array.from({ length: rows * 3 }, (_, i) => [0.1, 0.7, 0.2][i % 3] ?? NaN);
    expect(meanScore(equal, 0, rows, probabilities, target('probability', 1), { clips: 0 })).toBe(0.7);
  });
});
