import type { GraphIndex } from './graph-index.js';
import { readIntegers } from './read-integers.js';

/** Operators whose output has the rank of their first input. */
const keeps = new Set([
  ...['Identity', 'Cast', 'CastLike', 'Dropout', 'LayerNormalization', 'SimplifiedLayerNormalization', 'RMSNormalization', 'Softmax'],
  ...['Slice', 'Concat', 'Split', 'Tanh', 'Relu', 'Gelu', 'Erf', 'Sigmoid', 'QuantizeLinear', 'DequantizeLinear', 'Clip', 'Neg', 'Sqrt'],
  ...[
    'SkipLayerNormalization',
    'SkipSimplifiedLayerNormalization',
    'BiasGelu',
    'FastGelu',
    'QuickGelu',
    'BiasAdd',
    'BiasSplitGelu',
    'BiasSoftmax',
    'RotaryEmbedding',
    'MatMulNBits',
    'Not',
    'Trilu',
  ],
]);
/** Operators whose output has the highest rank among their inputs. */
const broadcasts = new Set(['Add', 'Sub', 'Mul', 'Div', 'Pow', 'Where', 'MatMul', 'FusedMatMul', 'And', 'Or', 'Min', 'Max', 'Expand']);

/** The rank of a tensor as far as the graph says it without being run; null where it does not. */
export function inferRank(index: GraphIndex, tensor: string, depth = 64): number | null {
  const stored = index.graph.initializers.get(tensor);
  if (stored !== undefined) return stored.shape.length;
  const input = index.graph.inputs.find(({ name }) => name === tensor);
  if (input !== undefined) return input.shape?.length ?? null;
  const node = index.makerOf(tensor);
  if (node === null || depth === 0) return null;
  const rank = (at: number) => inferRank(index, node.inputs[at] ?? '', depth - 1);
  if (keeps.has(node.opType)) return rank(0);
  if (broadcasts.has(node.opType)) {
    const ranks = node.inputs.map((_, at) => rank(at));
    return ranks.some((one) => one === null) ? null : Math.max(...ranks.map(Number));
  }
  switch (node.opType) {
    case 'Transpose': {
      const perm = node.attributes.get('perm');
      return perm?.kind === 'ints' ? perm.value.length : rank(0);
    }
    case 'Reshape':
      return readIntegers(index, node.inputs[1] ?? '')?.length ?? null;
    case 'Gather': {
      const [data, indices] = [rank(0), rank(1)];
      return data === null || indices === null ? null : data + indices - 1;
    }
    case 'Gemm':
    case 'FusedGemm':
      return 2;
    case 'ReduceSum':
      return inferReduced(index, tensor, rank(0));
    case 'Constant': {
      const value = node.attributes.get('value');
      return value?.kind === 'tensor' ? value.value.shape.length : null;
    }
    case 'EmbedLayerNormalization':
      return node.outputs.indexOf(tensor) === 1 ? 1 : 3;
    case 'Attention':
    case 'MultiHeadAttention':
    case 'GroupQueryAttention':
      return node.domain === 'com.microsoft' && node.outputs[0] === tensor ? 3 : null;
    default:
      return null;
  }
}

function inferReduced(index: GraphIndex, tensor: string, rank: number | null): number | null {
  const node = index.makerOf(tensor);
  const keep = node?.attributes.get('keepdims');
  if (node === null || rank === null) return null;
  if (keep?.kind !== 'int' || keep.value !== 0n) return rank;
  const attribute = node.attributes.get('axes');
  if (attribute?.kind === 'ints') return rank - attribute.value.length;
  const axes = node.inputs[1] ?? '';
  const count = index.graph.initializers.get(axes)?.elements ?? readIntegers(index, axes)?.length;
  return count === undefined ? null : rank - count;
}
