import type { IndexedText } from './index-text.js';

/**
 * The text that remains when some features are removed.
 *
 * @param kept one entry per feature of `indexed`, 0 = removed
 */
export function rebuildText(indexed: IndexedText, kept: ArrayLike<number>): string {
  const removed = new Set<number>();
  indexed.positions.forEach((pieces, feature) => {
    if (kept[feature] === 0) for (const piece of pieces) removed.add(piece);
  });
  return indexed.pieces.map((piece, index) => (removed.has(index) ? indexed.filler : piece.text)).join('');
}
