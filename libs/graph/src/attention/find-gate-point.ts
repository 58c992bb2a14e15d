import type { GraphIndex } from '../graph-index.js';
import { inferRank } from '../infer-rank.js';
import type { AttentionLayer, AttentionRefusal } from './attention-layer.js';
import { readInteger } from '../read-attribute.js';
import { traceProbabilities } from './trace-probabilities.js';

/** Where a tensor stands that can be multiplied by a number for each head. */
export interface GatePoint {
  /** Of the node among those of the top graph. */
  readonly place: number;
  readonly end: 'input' | 'output';
  /** Which of the node's inputs or outputs it is. */
  readonly at: number;
  readonly layout:
    | 'heads-first' // [batch, heads, ., .], or with the heads folded into the batch
    | 'packed'; // [batch, queries, heads * size]
  /** Names of scale and zero point where the tensor holds rounded integers. */
  readonly scale: readonly string[] | null;
}

/** Finds what is to be multiplied: what a layer mixed out of the values, or for Einsum, whose layout varies, the probabilities. */
export function findGatePoint(index: GraphIndex, layer: AttentionLayer): GatePoint | AttentionRefusal {
  const node = index.graph.nodes[layer.place];
  if (node === undefined) throw new RangeError(`the graph has no node ${layer.place}`);
  if (node.opType === 'Softmax' || node.opType === 'BiasSoftmax') return findBehindProduct(index, layer, node.outputs[0] ?? '');
  // com.microsoft operators give [batch, queries, heads * size]; ai.onnx Attention gives what its queries are.
  const headsFirst = node.domain !== 'com.microsoft' && readsHeads(index, node.inputs[0] ?? '', readInteger(node, 'q_num_heads'));
  return { place: layer.place, end: 'output', at: 0, layout: headsFirst ? 'heads-first' : 'packed', scale: null };
}

/** Whether the queries of ai.onnx Attention are [batch, heads, queries, size]; its attribute is for packed ones. */
function readsHeads(index: GraphIndex, query: string, heads: number | undefined): boolean {
  const rank = inferRank(index, query);
  return rank === null ? heads === undefined : rank === 4;
}

function findBehindProduct(index: GraphIndex, layer: AttentionLayer, softmax: string): GatePoint | AttentionRefusal {
  const traced = traceProbabilities(index, softmax);
  const product = traced?.product;
  const output = product?.outputs[0] ?? '';
  const place = index.placeOf(output);
  if (traced === null || product === undefined || place === null) return refuse(layer, 'has no product with the values behind it');
  switch (product.opType) {
    case 'MatMul':
    case 'FusedMatMul':
      return { place, end: 'output', at: 0, layout: 'heads-first', scale: null };
    case 'QLinearMatMul':
      return { place, end: 'output', at: 0, layout: 'heads-first', scale: product.inputs.slice(6, 8) };
    case 'MatMulInteger': {
      const [reader, ...others] = index.readers(output);
      if (reader?.node.opType === 'Cast' && others.length === 0)
        return { place: reader.place, end: 'output', at: 0, layout: 'heads-first', scale: null };
      return refuse(layer, 'gives integers to the graph behind its MatMulInteger');
    }
    default: {
      if (product.inputs[0] === traced.tensor) return { place, end: 'input', at: 0, layout: 'heads-first', scale: null };
      return refuse(layer, `rounds or folds its probabilities before its ${product.opType}`);
    }
  }
}

function refuse({ operator, node }: AttentionLayer, what: string): AttentionRefusal {
  return {
    reason: 'OPERATOR_UNSUPPORTED',
    operator,
    node,
    detail: `a head of node ${JSON.stringify(node)} (${operator}) cannot be switched off: it ${what}`,
    remedy: 'Export the model with attn_implementation="eager", in floating point.',
  };
}
