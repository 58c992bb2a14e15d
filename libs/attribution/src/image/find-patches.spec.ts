import { describe, expect, it } from '@jest/globals';
import { findPatches } from './find-patches.js';

const square = { height: 64, width: 64 };

describe('findPatches', () => {
  it.each([
    [64, { before: 0, rows: 8, columns: 8 }],
    [65, { before: 1, rows: 8, columns: 8 }],
    [198, { before: 2, rows: 14, columns: 14 }],
    [201, { before: 5, rows: 14, columns: 14 }],
  ])('finds the square behind %i tokens', (tokens, grid) => {
    expect(findPatches(tokens, square)).toEqual(grid);
  });

  it('keeps the proportions of the picture', () => {
    expect(findPatches(33, { height: 32, width: 64 })).toEqual({ before: 1, rows: 4, columns: 8 });
  });

  it.each([60, 67])('finds none where %i tokens fit none that is known', (tokens) => {
    expect(findPatches(tokens, square)).toBeNull();
  });
});
