import type { GraphIndex } from '../graph-index.js';
import { inferRank } from '../infer-rank.js';
import type { GraphNode } from '../model-graph.js';

/** How com.microsoft MultiHeadAttention gets its keys and values; its queries are [batch, tokens, heads * head size] but where all is packed. */
export type KeyForm =
  | 'apart' // as the queries
  | 'split' // [batch, heads, tokens, head size], as a cache keeps them
  | 'packed-keys' // keys and values in one [batch, tokens, heads, 2, head size]
  | 'packed-all'; // queries too, [batch, tokens, heads, 3, head size]

/**
 * Source: ONNX Runtime contrib operators, MultiHeadAttention.
 *
 * @returns null where the graph does not tell
 */
export function readKeyForm(index: GraphIndex, node: GraphNode): KeyForm | null {
  const rank = (at: number) => inferRank(index, node.inputs[at] ?? '');
  const given = (at: number) => (node.inputs[at] ?? '') !== '';
  if (rank(0) === 5) return given(1) || given(2) ? null : 'packed-all';
  if (rank(0) !== 3) return null;
  if (rank(1) === 5) return given(2) ? null : 'packed-keys';
  if (rank(1) === 3 && rank(2) === 3) return 'apart';
  return rank(1) === 4 && rank(2) === 4 ? 'split' : null;
}
