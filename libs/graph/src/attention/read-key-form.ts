import type { GraphIndex } from '../graph-index.js';
import { inferRank } from '../infer-rank.js';
import type { GraphNode } from '../model-graph.js';

/** How com.microsoft MultiHeadAttention gets its keys and values; its queries are [batch, tokens, heads * head size]. */
export type KeyForm =
  | 'apart' // as the queries
  | 'split'; // [batch, heads, tokens, head size], as a cache keeps them

/**
 * Source: ONNX Runtime contrib operators, MultiHeadAttention. Its packed forms have no implementation for a processor, so that no model
 * that runs here has them.
 *
 * @returns null for those, and where the graph does not tell
 */
export function readKeyForm(index: GraphIndex, node: GraphNode): KeyForm | null {
  const rank = (at: number) => inferRank(index, node.inputs[at] ?? '');
  if (rank(0) !== 3) return null;
  if (rank(1) === 3 && rank(2) === 3) return 'apart';
  return rank(1) === 4 && rank(2) === 4 ? 'split' : null;
}
