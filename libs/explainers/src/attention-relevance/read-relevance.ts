import type { GradientTarget, LayerGradients } from '../contract/differentiable.js';
import type { Warning } from '../contract/explanation.js';

/**
 * Tokens whose rows of a map of relevance belong to a score: those whose logits are read. A classifier does not say which ones it reads: its score
 * has a gradient in the queries of the last layer that belong to them, and in no other.
 *
 * @returns ascending; at least one
 */
export function listReaders(target: GradientTarget, layers: readonly LayerGradients[]): readonly number[] {
  if ('tokens' in target) return [...new Set(target.tokens.map(({ position }) => position))].sort((one, other) => one - other);
  const last = layers.at(-1);
  const readers = last === undefined ? [] : listQueries(last);
  return readers.length === 0 ? [0] : readers;
}

/**
 * What of a map of relevance belongs to a score: the row of the one token that is read, or the mean of the rows of several, without what each
 * token has in itself from the start.
 *
 * @param relevance [rows, keys]
 * @param startsAs what the map was before the first layer
 */
export function readRelevance(
  relevance: Float64Array,
  keys: number,
  readers: readonly number[],
  startsAs: 'identity' | 'zero' = 'identity',
): Float64Array {
  const [only = 0] = readers;
  if (readers.length === 1) return relevance.slice(only * keys, (only + 1) * keys);
  const mean = new Float64Array(keys);
  for (const reader of readers) {
    for (let key = 0; key < keys; key++) {
      const own = startsAs === 'identity' && key === reader ? 1 : 0;
      mean[key] = (mean[key] ?? NaN) + ((relevance[reader * keys + key] ?? NaN) - own) / readers.length;
    }
  }
  return mean;
}

/** Says so where there is no one token that is read. */
export function warnOfSeveral(readers: readonly (readonly number[])[], tokens: number): readonly Warning[] {
  const counts = new Set(readers.map(({ length }) => length).filter((length) => length > 1));
  return [...counts].map((count) => ({
    code: 'RELEVANCE_OF_SEVERAL',
    message: `The answer is read from ${count} of ${tokens} tokens, and not from one: the numbers are the mean of their rows.`,
  }));
}

/** The token whose row is read; null for several. */
export function nameReadout(readers: readonly number[]): number | null {
  const [only = null] = readers;
  return readers.length === 1 ? only : null;
}

function listQueries({ heads, queries, keys, gradients }: LayerGradients): readonly number[] {
  const has = (from: number) => gradients.subarray(from, from + keys).some((value) => value !== 0);
  return Array.from({ length: queries }, (_, query) => query).filter((query) =>
    Array.from({ length: heads }, (_, head) => (head * queries + query) * keys).some(has),
  );
}
