import { splitWords, type Piece } from './split-words.js';

/** lime's filler for a removed word when every position is a feature of its own. */
const filler = 'UNKWORDZ';

/** A text and its interpretable features: which pieces go when a feature is removed. */
export interface IndexedText {
  readonly pieces: readonly Piece[];
  /** The word of each feature. */
  readonly words: readonly string[];
  /** [feature] -> indices into `pieces`. */
  readonly positions: readonly (readonly number[])[];
  /** What stands in for a removed piece. */
  readonly filler: string;
}

/**
 * Finds the features of a text by lime's rule.
 *
 * @param bow true: a feature is a distinct word (case matters), in order of first appearance, and removing it deletes
 *   all its occurrences while separators stay; false: a feature is a position, and removing it puts `UNKWORDZ` there.
 *
 * Source: lime 0.2.0.1, `IndexedString`.
 */
export function indexText(text: string, bow: boolean): IndexedText {
  const pieces = splitWords(text);
  const words: string[] = [];
  const positions: number[][] = [];
  const known = new Map<string, number[]>();
  pieces.forEach((piece, index) => {
    if (!piece.word) return;
    const occurrences = bow ? known.get(piece.text) : undefined;
    if (occurrences) {
      occurrences.push(index);
      return;
    }
    const first = [index];
    known.set(piece.text, first);
    words.push(piece.text);
    positions.push(first);
  });
  return { pieces, words, positions, filler: bow ? '' : filler };
}
