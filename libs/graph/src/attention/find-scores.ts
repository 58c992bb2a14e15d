import type { GraphIndex } from '../graph-index.js';
import type { AttentionLayer, AttentionRefusal } from './attention-layer.js';

/** How the scores of a layer, what goes into its softmax, become an output of the graph. */
export type ScoreExposure =
  | { readonly how: 'tensor'; readonly tensor: string }
  /** The fused node gives one thing at a time beside its answer: a second one gives the scores. */
  | { readonly how: 'copy'; readonly attribute: string; readonly value: number; readonly output: number }
  /** The fused node is written out anyway. */
  | { readonly how: 'lower' };

/** Place of the extra output in both operators that have one. */
const SCORES = 3;

/**
 * Finds the scores of a layer: scaled, with bias and mask, as they go into the softmax.
 *
 * Sources: ONNX operator Attention as onnx#7867 and onnx#7913 order it (`qk_matmul_output_mode` 1 is behind the soft cap, 2 behind bias and
 * mask), which ONNX Runtime 1.30 follows for every version; contrib operator GroupQueryAttention (`qk_output` 1 is before the softmax).
 * Earlier texts swap 1 and 2: a run proves what they give.
 */
export function findScores(index: GraphIndex, layer: AttentionLayer): ScoreExposure | AttentionRefusal {
  const node = index.graph.nodes[layer.place];
  if (node === undefined) throw new RangeError(`the graph has no node ${layer.place}`);
  if (layer.exposure.how === 'lower') return { how: 'lower' };
  switch (layer.operator) {
    case 'Softmax':
      return { how: 'tensor', tensor: node.inputs[0] ?? '' };
    case 'Attention':
      return { how: 'copy', attribute: 'qk_matmul_output_mode', value: 2, output: SCORES };
    case 'com.microsoft:GroupQueryAttention':
      return { how: 'copy', attribute: 'qk_output', value: 1, output: SCORES };
    default:
      return {
        reason: 'OPERATOR_UNSUPPORTED',
        operator: layer.operator,
        node: layer.node,
        detail: `node ${JSON.stringify(layer.node)} (${layer.operator}) keeps its scores to itself`,
        remedy: 'Ask for probabilities, or export the model without fusing attention (attn_implementation="eager").',
      };
  }
}
