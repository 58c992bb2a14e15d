import { describe, expect, it } from '@jest/globals';
import { upsampleBilinear } from './upsample-bilinear.js';

describe('upsampleBilinear', () => {
  it('leaves a map of the same sides', () => {
    expect([...upsampleBilinear([1, 2, 3, 4, 5, 6], { height: 2, width: 3 }, { height: 2, width: 3 })]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('draws lines between centres and stays at the outer ones', () => {
    // Centres of 4 on 2: -1/4, 1/4, 3/4, 5/4.
    expect([...upsampleBilinear([0, 4], { height: 1, width: 2 }, { height: 1, width: 4 })]).toEqual([0, 1, 3, 4]);
  });

  it('does so along both sides', () => {
    const sides = { height: 4, width: 4 };
    const rows = [0, 1, 3, 4];
    const expected = rows.flatMap((row) => rows.map((column) => 2 * row + column));
    expect([...upsampleBilinear([0, 4, 8, 12], { height: 2, width: 2 }, sides)]).toEqual(expected);
  });

  it('spreads a single number', () => {
    expect([...upsampleBilinear([7], { height: 1, width: 1 }, { height: 2, width: 3 })]).toEqual([7, 7, 7, 7, 7, 7]);
  });

  it('refuses a map that is not of its sides', () => {
    expect(() => upsampleBilinear([1, 2, 3], { height: 2, width: 2 }, { height: 4, width: 4 })).toThrow(RangeError);
  });
});
