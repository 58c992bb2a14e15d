import type { GradientTarget, LayerGradients } from '../contract/differentiable.js';
import type { Warning } from '../contract/explanation.js';
import { findReadout } from './find-readout.js';

/** What of a map of relevance belongs to a score. */
export interface ReadRelevance {
  /** A number for each token of the input. */
  readonly row: Float64Array;
  /** The token whose row it is; null for the mean of the rows of several. */
  readonly readout: number | null;
  readonly warnings: readonly Warning[];
}

/**
 * The row of the token that a score is taken from. A classifier does not say which one that is: its score has a gradient in the queries of the
 * last layer that belong to tokens it reads, and in no other. Where it reads several, as one that takes the mean of all tokens, their rows are
 * averaged without what each token has in itself from the start.
 *
 * @param relevance [tokens, tokens], as `carryRelevance` gives it
 */
export function readRelevance(
  relevance: Float64Array,
  tokens: number,
  layers: readonly LayerGradients[],
  target: GradientTarget,
): ReadRelevance {
  const readers = 'tokens' in target ? [findReadout(target)] : listReaders(layers.at(-1), tokens);
  const [readout = 0] = readers;
  if (readers.length <= 1) return { row: relevance.slice(readout * tokens, (readout + 1) * tokens), readout, warnings: [] };
  const row = new Float64Array(tokens);
  for (const reader of readers)
    for (let token = 0; token < tokens; token++)
      row[token] = (row[token] ?? NaN) + ((relevance[reader * tokens + token] ?? NaN) - (token === reader ? 1 : 0)) / readers.length;
  const message = `The answer is read from ${readers.length} of ${tokens} tokens, and not from one: the numbers are the mean of their rows.`;
  return { row, readout: null, warnings: [{ code: 'RELEVANCE_OF_SEVERAL', message }] };
}

function listReaders(last: LayerGradients | undefined, tokens: number): readonly number[] {
  if (last === undefined) return [];
  const { heads, queries, keys, gradients } = last;
  return Array.from({ length: tokens }, (_, query) => query).filter((query) =>
    Array.from({ length: heads }, (_, head) => (head * queries + query) * keys).some((from) =>
      gradients.subarray(from, from + keys).some((value) => value !== 0),
    ),
  );
}
