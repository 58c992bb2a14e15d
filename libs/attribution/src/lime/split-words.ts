/** A maximal run of word characters, or of the characters between words. */
export interface Piece {
  readonly text: string;
  /** Start in UTF-16 code units. */
  readonly start: number;
  readonly word: boolean;
}

/**
 * Python's `\w`: letters, numbers of every kind, underscore. Combining marks (Mn, Mc) are not in it, so a
 * decomposed accent ends a word.
 */
const runs = /[\p{L}\p{N}_]+|[^\p{L}\p{N}_]+/gu;
const wordStart = /^[\p{L}\p{N}_]/u;

/**
 * Splits a text as lime does with its default expression `\W+`, separators kept: the pieces in order spell the text.
 *
 * Source: lime 0.2.0.1, `IndexedString`; Python `re`, `\w` for str patterns.
 */
export function splitWords(text: string): readonly Piece[] {
  return Array.from(text.matchAll(runs), (match) => ({
    text: match[0],
    start: match.index,
    word: wordStart.test(match[0]),
  }));
}
