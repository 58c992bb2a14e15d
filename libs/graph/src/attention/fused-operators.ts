import type { GraphIndex } from '../graph-index.js';
import type { GraphNode } from '../model-graph.js';
import { FusedNode } from '../lower/fused-node.js';
import { attentionLowerings } from '../lower/lowerings.js';
import { refuseLowering } from '../lower/refuse-lowering.js';
import { nameOperator } from '../name-operator.js';
import type { AttentionExposure, AttentionLayer, AttentionRefusal, NodeName } from './attention-layer.js';
import { findHeads } from './find-heads.js';
import { nameNode } from './name-node.js';
import { readInteger } from '../read-attribute.js';
import { readKind } from './read-kind.js';

/** Fused operators that neither show their probabilities nor are written out here. */
export const refusedOperators: ReadonlySet<string> = new Set(
  [
    ...['QAttention', 'PackedAttention', 'PackedMultiHeadAttention', 'SparseAttention', 'LongformerAttention', 'PagedAttention'],
    ...['DecoderAttention', 'DecoderMaskedSelfAttention', 'DecoderMaskedMultiHeadAttention', 'LinearAttention'],
  ].map((name) => `com.microsoft:${name}`),
);

/** Place of the extra output in both operators that have one. */
const PROBABILITIES = 3;

/**
 * A fused attention operator as a layer.
 *
 * Sources: ONNX operator Attention-23 (`qk_matmul_output_mode` 3 is after the softmax); ONNX Runtime contrib operators
 * GroupQueryAttention (`qk_output` 2 is after the softmax), Attention and MultiHeadAttention (whose qk output is before it).
 *
 * @returns null for any other operator
 */
export function readFusedAttention(
  index: GraphIndex,
  node: GraphNode,
  place: number,
): Omit<AttentionLayer, 'layer'> | AttentionRefusal | null {
  const name = nameNode(node, place);
  const input = (at: number) => node.inputs[at] ?? '';
  switch (nameOperator(node.domain, node.opType)) {
    case 'Attention': {
      const causal = readInteger(node, 'is_causal') === 1;
      const kind = readKind(index, input(0), input(1), [input(3)]);
      const heads = readInteger(node, 'q_num_heads');
      return withOutput(index, node, place, 'qk_matmul_output_mode', 3, {
        kind: causal && kind === 'self' ? 'causal-self' : kind,
        heads: heads ?? findHeads(index, input(0)),
      });
    }
    case 'com.microsoft:GroupQueryAttention':
      return withOutput(index, node, place, 'qk_output', 2, { kind: 'causal-self', heads: readInteger(node, 'num_heads') ?? null });
    case 'com.microsoft:Attention':
    case 'com.microsoft:MultiHeadAttention': {
      const refusal = refuse(index, node, name);
      if (refusal !== null) return refusal;
      const several = node.opType === 'MultiHeadAttention' && input(1) !== '';
      const masks = several ? [input(4), input(5)] : [input(3), input(5)];
      const kind = readKind(index, input(0), several ? input(1) : input(0), masks);
      const causal = readInteger(node, 'unidirectional') === 1;
      return {
        ...name,
        kind: causal && kind === 'self' ? 'causal-self' : kind,
        heads: readInteger(node, 'num_heads') ?? null,
        exposure: { how: 'lower' },
      };
    }
    default:
      return null;
  }
}

function withOutput(
  index: GraphIndex,
  node: GraphNode,
  place: number,
  attribute: string,
  value: number,
  found: Pick<AttentionLayer, 'kind' | 'heads'>,
): Omit<AttentionLayer, 'layer'> | AttentionRefusal {
  const name = nameNode(node, place);
  const present = node.outputs[PROBABILITIES] ?? '';
  const current = readInteger(node, attribute);
  if (present !== '' && current === value) return { ...name, ...found, exposure: { how: 'tensor', tensor: present } };
  const used = index.readers(present).length > 0 || index.graph.outputs.some((output) => output.name === present);
  // The output holds one thing at a time: for another beside it the node is written out.
  if (present !== '' && used) return refuse(index, node, name) ?? { ...name, ...found, exposure: { how: 'lower' } };
  const exposure: AttentionExposure = { how: 'output', attribute, value, output: PROBABILITIES };
  return { ...name, ...found, exposure };
}

/** Why a node cannot be written out; null where it can. */
function refuse(index: GraphIndex, node: GraphNode, name: NodeName): AttentionRefusal | null {
  const lowering = attentionLowerings.get(name.operator);
  const refusal = lowering === undefined ? null : refuseLowering(lowering, new FusedNode(index, node), name);
  return refusal === null ? null : { reason: 'OPERATOR_UNSUPPORTED', ...refusal };
}
