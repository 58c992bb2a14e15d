import { describe, expect, it } from '@jest/globals';
import { rollOutAttention } from './roll-out-attention.js';

const uniform = { heads: 2, probabilities: new Array<number>(2 * 9).fill(1 / 3) };

describe('rollOutAttention', () => {
  it('is the identity where there is no layer, and where everything passes by', () => {
    expect([...rollOutAttention([], 2)]).toEqual([1, 0, 0, 1]);
    expect([...rollOutAttention([uniform, uniform], 3, 1)]).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1]);
  });

  it('is the mean of the heads half and half with the token itself', () => {
    const [self, other] = rollOutAttention([{ heads: 2, probabilities: [0.2, 0.8, 0, 1, 0.6, 0.4, 1, 0] }], 2);
    expect(self).toBeCloseTo(0.7, 15);
    expect(other).toBeCloseTo(0.3, 15);
  });

  it('multiplies later layers with earlier ones, in this order', () => {
    const toSecond = { heads: 1, probabilities: [0, 1, 0, 1] };
    const toFirst = { heads: 1, probabilities: [1, 0, 1, 0] };
    expect([...rollOutAttention([toSecond, toFirst], 2, 0)]).toEqual([0, 1, 0, 1]);
    expect([...rollOutAttention([toFirst, toSecond], 2, 0)]).toEqual([1, 0, 1, 0]);
  });

  it('has rows of 1, and keeps the closed form of uniform attention: n layers leave 2^-n of a token in its place', () => {
    const flow = rollOutAttention([uniform, uniform, uniform], 3);
    for (let row = 0; row < 3; row++) expect(flow.subarray(row * 3, row * 3 + 3).reduce((sum, value) => sum + value)).toBeCloseTo(1, 15);
    expect(flow[4]).toBeCloseTo(1 / 8 + (7 / 8) * (1 / 3), 15);
    expect(flow[3]).toBeCloseTo((7 / 8) * (1 / 3), 15);
  });

  it('normalises rows that do not sum to 1', () => {
    const flow = rollOutAttention([{ heads: 1, probabilities: [2, 2, 0, 0] }], 2);
    expect([...flow]).toEqual([1.5 / 2.5, 1 / 2.5, 0, 1]);
  });

  it('refuses maps of another size', () => {
    expect(() => rollOutAttention([uniform], 4)).toThrow(RangeError);
  });
});
