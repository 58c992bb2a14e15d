import { describe, expect, it } from '@jest/globals';
import { averageDrops, slideWindows } from './windows.js';

describe('slideWindows', () => {
  it.each([
    [
      3,
      1,
      1,
      [
        [0, 1],
        [1, 2],
        [2, 3],
      ],
    ],
    [
      5,
      3,
      2,
      [
        [0, 3],
        [2, 5],
      ],
    ],
    [
      5,
      2,
      2,
      [
        [0, 2],
        [2, 4],
        [4, 5],
      ],
    ],
    [2, 9, 9, [[0, 2]]],
  ])('covers %i players by windows of %i every %i', (players, length, stride, expected) => {
    expect(slideWindows(players, length, stride).map(({ start, end }) => [start, end])).toEqual(expected);
  });

  it('refuses a stride that leaves players out', () => {
    expect(() => slideWindows(5, 2, 3)).toThrow(RangeError);
  });
});

describe('averageDrops', () => {
  it('gives a player the mean of the windows that hid it', () => {
    expect([...averageDrops(5, slideWindows(5, 3, 2), [6, 2])]).toEqual([6, 6, 4, 2, 2]);
  });
});
