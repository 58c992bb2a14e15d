import { describe, expect, it } from '@jest/globals';
import { chooseTellingHead, type HeadFacts } from './choose-telling-head.js';

const facts = (head: number, entropy: number, shares: Partial<HeadFacts> = {}): HeadFacts => ({
  ...{ layer: 0, head, entropy, first: 0, previous: 0, self: 0, separator: null },
  ...shares,
});

describe('the head that is shown where none was asked for', () => {
  it('is the narrowest of those that look further than at the token before', () => {
    const heads = [
      facts(0, 0.1, { first: 0.99 }),
      facts(1, 1.5),
      facts(2, 0.5),
      facts(3, 0.1, { self: 0.6, separator: 0.3 }),
      facts(4, 0.1, { previous: 0.8 }),
    ];
    expect(chooseTellingHead(heads, 8)?.head).toBe(2);
  });

  it('is the first of equal ones, and of a text of one token', () => {
    expect(chooseTellingHead([facts(4, 1), facts(5, 1)], 8)?.head).toBe(4);
    expect(chooseTellingHead([facts(4, 0, { first: 1, self: 1 }), facts(5, 0, { first: 1, self: 1 })], 1)?.head).toBe(4);
    expect(chooseTellingHead([], 8)).toBeNull();
  });
});
