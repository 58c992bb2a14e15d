import { describe, expect, it } from '@jest/globals';
import { Random } from '#numeric';
import { drawToken, type DrawRules } from './draw-token.js';
import { logSumExp } from './log-sum-exp.js';
import { rankTokens } from './rank-tokens.js';

const logits = Float32Array.from([0, Math.log(2), Math.log(4), Math.log(1)]); // 1/8, 2/8, 4/8, 1/8
const all: DrawRules = { temperature: 1, topK: null, topP: null };

describe('logSumExp', () => {
  it('makes logits the logarithms of their softmax, however large the logits', () => {
    const expected = [1 / 8, 2 / 8, 4 / 8, 1 / 8].map(Math.log);
    for (const shift of [0, 1e4, -1e4]) {
      const shifted = Float64Array.from(logits, (logit) => logit + shift);
      const whole = logSumExp(shifted);
      shifted.forEach((value, at) => expect(value - whole).toBeCloseTo(expected[at] ?? NaN, 6));
    }
  });
});

describe('rankTokens', () => {
  it('is a full sort cut short, equal ones in their order', () => {
    const random = new Random(1, 1, 0, 0);
    const values = Float64Array.from({ length: 200 }, () => random.below(40));
    const sorted = Array.from(values, (_, at) => at).sort((one, other) => (values[other] ?? 0) - (values[one] ?? 0) || one - other);
    for (const count of [0, 1, 7, 200, 500]) expect(rankTokens(values, count)).toEqual(sorted.slice(0, count));
  });
});

describe('drawToken', () => {
  const draws = 20_000;
  const shares = (rules: DrawRules) => {
    const counts = [0, 0, 0, 0];
    for (let sample = 0; sample < draws; sample++) {
      const id = drawToken(logits, rules, new Random(5, 1, 0, sample));
      counts[id] = (counts[id] ?? 0) + 1;
    }
    return counts.map((count) => count / draws);
  };
  // Five standard errors of a share of one half.
  const near = 5 * Math.sqrt(0.25 / draws);

  it.each([
    ['as the softmax says', all, [1 / 8, 2 / 8, 4 / 8, 1 / 8]],
    ['flatter when hot', { ...all, temperature: 2 }, [1, Math.SQRT2, 2, 1].map((one) => one / (4 + Math.SQRT2))],
    ['of the likeliest alone', { ...all, topK: 2 }, [0, 1 / 3, 2 / 3, 0]],
    ['of the nucleus alone', { ...all, topP: 0.6 }, [0, 1 / 3, 2 / 3, 0]],
    ['of the nucleus of the likeliest', { temperature: 1, topK: 2, topP: 0.6 }, [0, 0, 1, 0]],
  ])('draws %s', (_, rules, expected) => {
    shares(rules).forEach((share, id) => expect(Math.abs(share - (expected[id] ?? NaN))).toBeLessThanOrEqual(near));
  });

  it('draws the same again from the same key', () => {
    const draw = () => Array.from({ length: 50 }, (_, sample) => drawToken(logits, all, new Random(9, 2, 0, sample)));
    expect(draw()).toEqual(draw());
  });
});
