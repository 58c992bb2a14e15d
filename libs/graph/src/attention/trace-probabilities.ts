import type { GraphIndex } from '../graph-index.js';
import type { GraphNode } from '../model-graph.js';
import { products } from './products.js';

/** Operators that hand probabilities on as they are. */
const keeps = new Set(['Identity', 'Dropout']);
/** Operators behind which the numbers are another type, shape or size than the probabilities themselves. */
const changes = new Set(['QuantizeLinear', 'DequantizeLinear', 'DynamicQuantizeLinear', 'Reshape', 'Squeeze', 'Unsqueeze', 'Transpose']);
const deepest = 24;

export interface TracedProbabilities {
  /** The last tensor on the way that holds the probabilities unrounded, unscaled and unfolded. */
  readonly tensor: string;
  /** The product with the values. */
  readonly product: GraphNode;
}

/**
 * Follows the output of a Softmax to the product with the values, through casts, dropout, gates, rounding, and the Where that replaces
 * rows without a key (softmax of nothing is NaN) by zeros. That Where's output is what the model multiplies, so it is the tensor to show.
 *
 * @returns null where no product of two computed tensors has it as the first factor
 */
export function traceProbabilities(index: GraphIndex, softmax: string): TracedProbabilities | null {
  return follow(index, softmax, softmax, false, deepest);
}

function follow(index: GraphIndex, tensor: string, exposed: string, changed: boolean, depth: number): TracedProbabilities | null {
  if (depth === 0) return null;
  for (const { node, at } of index.readers(tensor)) {
    const [output] = node.outputs;
    if (products.has(node.opType)) {
      const first = node.opType === 'Einsum' || at === 0;
      const values = node.inputs.filter((_, place) => place !== at && place < (node.opType === 'QLinearMatMul' ? 4 : 2));
      if (first && values.some((name) => !index.isConstant(name))) return { tensor: exposed, product: node };
      continue;
    }
    if (output === undefined) continue;
    let next: TracedProbabilities | null = null;
    if (keeps.has(node.opType) && at === 0) next = follow(index, output, changed ? exposed : output, changed, depth - 1);
    else if (node.opType === 'Where' && at > 0) next = follow(index, output, changed ? exposed : output, changed, depth - 1);
    else if (node.opType === 'Cast' || (node.opType === 'CastLike' && at === 0)) next = follow(index, output, exposed, changed, depth - 1);
    else if (node.opType === 'Mul' || (changes.has(node.opType) && at === 0)) next = follow(index, output, exposed, true, depth - 1);
    if (next !== null) return next;
  }
  return null;
}
