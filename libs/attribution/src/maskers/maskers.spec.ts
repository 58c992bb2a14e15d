import { describe, expect, it } from '@jest/globals';
import { deleteSpans } from './delete-spans.js';
import { deleteTokens } from './delete-tokens.js';
import { fillTable } from './fill-table.js';
import { maskTokens } from './mask-tokens.js';
import { ownTokens } from './own-tokens.js';
import { longestReplacement, replaceTokens } from './replace-tokens.js';

// [CLS] a wonder ##ful film . [SEP]; the last player comes back later in the text.
const ids = Int32Array.from([101, 11, 12, 13, 14, 15, 11, 102]);
const players = [{ tokens: [1, 6] }, { tokens: [2, 3] }, { tokens: [4] }];
const owners = ownTokens(ids.length, players);
const everyCoalition = Array.from({ length: 8 }, (_, mask) => [mask & 1, (mask >> 1) & 1, (mask >> 2) & 1]);

describe('text maskers', () => {
  it('find the owner of each token', () => {
    expect([...owners]).toEqual([-1, 0, 1, 1, 2, -1, 0, -1]);
  });

  it('leave the full coalition as it is', () => {
    for (const row of [
      maskTokens(ids, owners, [1, 1, 1], 103),
      deleteTokens(ids, owners, [1, 1, 1]),
      replaceTokens(ids, owners, [1, 1, 1], [7]),
    ]) {
      expect(row).toEqual(ids);
    }
  });

  it('mask every token of an absent player', () => {
    expect([...maskTokens(ids, owners, [0, 1, 0], 103)]).toEqual([101, 103, 12, 13, 103, 15, 103, 102]);
  });

  it('delete every token of an absent player', () => {
    expect([...deleteTokens(ids, owners, [0, 0, 1])]).toEqual([101, 14, 15, 102]);
  });

  it('replace each run of an absent player once', () => {
    expect([...replaceTokens(ids, owners, [0, 0, 1], [7, 8])]).toEqual([101, 7, 8, 7, 8, 14, 15, 7, 8, 102]);
  });

  it('know how long a replaced row can become', () => {
    for (const length of [1, 2, 3]) {
      const filler = Array.from({ length }, () => 7);
      const longest = Math.max(...everyCoalition.map((present) => replaceTokens(ids, owners, present, filler).length));
      expect(longestReplacement(owners, length)).toBe(longest);
    }
    // Two neighbours are two runs.
    expect(longestReplacement(Int32Array.from([0, 1, 1]), 5)).toBe(10);
  });

  it('delete characters from the text itself', () => {
    const spans = {
      spans: [
        [0, 1],
        [4, 5],
      ] as const,
    };
    expect(deleteSpans('abc de', [spans, { spans: [[2, 3]] }], [0, 1])).toBe('bc e');
    expect(deleteSpans('abc de', [spans, { spans: [[2, 3]] }], [0, 0])).toBe('b e');
    expect(deleteSpans('abc de', [spans], [1])).toBe('abc de');
  });
});

describe('fillTable', () => {
  it('takes present columns from the instance and absent ones from each background row', () => {
    const into = new Float64Array(3 * 3).fill(-1);
    fillTable(into, 1, Float64Array.from([1, 2, 3]), Float64Array.from([10, 20, 30, 40, 50, 60]), Int32Array.from([0, 1, 1]), [1, 0]);
    expect([...into]).toEqual([-1, -1, -1, 1, 20, 30, 1, 50, 60]);
  });

  it('keeps columns of no player', () => {
    const into = new Float64Array(2);
    fillTable(into, 0, Float64Array.from([1, 2]), Float64Array.from([10, 20]), Int32Array.from([-1, 0]), [0]);
    expect([...into]).toEqual([1, 20]);
  });
});
