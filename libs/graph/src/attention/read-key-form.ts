import type { GraphIndex } from '../graph-index.js';
import { inferRank } from '../infer-rank.js';
import type { GraphNode } from '../model-graph.js';

/** How com.microsoft MultiHeadAttention gets its queries, keys and values. */
export type KeyForm =
  | 'apart' // each [batch, tokens, heads * head size]
  | 'split' // queries so, keys and values [batch, heads, tokens, head size] as a cache keeps them
  | 'packed-keys' // queries so, keys and values together [batch, tokens, heads, 2, head size]
  | 'packed'; // all together [batch, tokens, heads, 3, head size]

/**
 * Source: ONNX Runtime contrib operators, MultiHeadAttention.
 *
 * @returns null where the graph does not tell
 */
export function readKeyForm(index: GraphIndex, node: GraphNode): KeyForm | null {
  const rank = (at: number) => inferRank(index, node.inputs[at] ?? '');
  const [key, value] = [node.inputs[1] ?? '', node.inputs[2] ?? ''];
  if (key === '' && value === '') return rank(0) === 5 ? 'packed' : null;
  if (rank(0) !== 3) return null;
  if (value === '') return rank(1) === 5 ? 'packed-keys' : null;
  if (rank(1) === 3 && rank(2) === 3) return 'apart';
  return rank(1) === 4 && rank(2) === 4 ? 'split' : null;
}
