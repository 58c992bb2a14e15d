import type { GraphIndex } from '../graph-index.js';
import type { GraphNode } from '../model-graph.js';
import { products } from './products.js';

/** Operators through which scores go on their way from the product to the Softmax, and which of their inputs may hold them. */
const passes: ReadonlyMap<string, readonly number[]> = new Map<string, readonly number[]>([
  ...['Add', 'Sub', 'Mul', 'Div', 'Min', 'Max'].map((op): [string, number[]] => [op, [0, 1]]),
  ...['Identity', 'Cast', 'CastLike', 'Clip', 'Tanh', 'Dropout', 'Reshape', 'Squeeze', 'Unsqueeze', 'Transpose'].map(
    (op): [string, number[]] => [op, [0]],
  ),
  ...['QuantizeLinear', 'DequantizeLinear', 'DynamicQuantizeLinear'].map((op): [string, number[]] => [op, [0]]),
  ['Where', [1, 2]],
]);
const deepest = 24;

export type TracedScores =
  /** A product of two computed tensors: queries and keys. */
  | { readonly found: 'product'; readonly query: string; readonly key: string; readonly masks: readonly string[] }
  /** A product with weights: a classifier, a router or a pooling layer, not attention between tokens. */
  | { readonly found: 'weights' }
  | { readonly found: 'nothing' };

/**
 * Follows the input of a Softmax back to the product of queries and keys, through scale, soft cap, biases, masks, casts and rounding.
 *
 * @returns `masks`: the other operands met on the way; they hold what is hidden from whom, and biases
 */
export function traceScores(index: GraphIndex, tensor: string, depth = deepest): TracedScores {
  const maker = index.makerOf(tensor);
  if (maker === null || depth === 0) return { found: 'nothing' };
  if (products.has(maker.opType)) return readProduct(index, maker);
  let weights = false;
  const places = passes.get(maker.opType) ?? [];
  for (const place of places) {
    const traced = traceScores(index, maker.inputs[place] ?? '', depth - 1);
    if (traced.found === 'product') {
      const others = maker.inputs.filter((name, at) => at !== place && name !== '' && (places.includes(at) || maker.opType === 'Where'));
      return { ...traced, masks: [...traced.masks, ...others] };
    }
    if (traced.found === 'weights') weights = true;
  }
  return { found: weights ? 'weights' : 'nothing' };
}

function readProduct(index: GraphIndex, node: GraphNode): TracedScores {
  // QLinearMatMul has scale and zero point behind each factor.
  const [query, key] = [node.inputs[0] ?? '', node.inputs[node.opType === 'QLinearMatMul' ? 3 : 1] ?? ''];
  if (index.isConstant(query) || index.isConstant(key)) return { found: 'weights' };
  return { found: 'product', query, key, masks: [] };
}
