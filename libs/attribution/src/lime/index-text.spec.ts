import { describe, expect, it } from '@jest/globals';
import { readGoldenText } from '#testing';
import { indexText } from './index-text.js';
import { rebuildText } from './rebuild-text.js';

interface Indexed {
  words: string[];
  pieces: number[][];
  rebuilt: { removed: number[]; text: string }[];
}
interface Entry {
  text: string;
  list: string[];
  bow: Indexed;
  positions: Indexed;
}

const { entries } = JSON.parse(readGoldenText('lime/indexed-string.json')) as { entries: Entry[] };

describe.each(entries)('lime reads $text', (entry) => {
  it('in pieces that spell the text', () => {
    const { pieces } = indexText(entry.text, true);
    expect(pieces.map((piece) => piece.text)).toEqual(entry.list);
    for (const piece of pieces) expect(entry.text.slice(piece.start, piece.start + piece.text.length)).toBe(piece.text);
  });

  it.each([
    ['distinct words', true],
    ['positions', false],
  ] as const)('with the same %s, and the same text where some are removed', (_, bow) => {
    const expected = bow ? entry.bow : entry.positions;
    const indexed = indexText(entry.text, bow);
    expect(indexed.words).toEqual(expected.words);
    expect(indexed.positions).toEqual(expected.pieces);
    for (const { removed, text } of expected.rebuilt) {
      const kept = indexed.words.map((_word, feature) => (removed.includes(feature) ? 0 : 1));
      expect(rebuildText(indexed, kept)).toBe(text);
    }
  });
});

describe('indexText', () => {
  it('finds no feature where there is no word', () => {
    expect(indexText('', true).words).toEqual([]);
    expect(indexText(' ?! ❤️', true).words).toEqual([]);
  });
});
