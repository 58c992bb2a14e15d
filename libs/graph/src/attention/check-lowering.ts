import type { GraphIndex } from '../graph-index.js';
import type { GraphNode } from '../model-graph.js';
import type { AttentionRefusal, NodeName } from './attention-layer.js';
import { readInteger } from './read-attribute.js';
import { readKeyForm } from './read-key-form.js';
import { readMaskForm } from './read-mask-form.js';

/** Why a com.microsoft Attention or MultiHeadAttention cannot be written out as primitive nodes; null where it can. */
export function checkLowering(index: GraphIndex, node: GraphNode, { operator, node: name }: NodeName): AttentionRefusal | null {
  const obstacle = node.opType === 'Attention' ? checkAttention(index, node) : checkMultiHead(index, node);
  if (obstacle === null) return null;
  const detail = `node ${JSON.stringify(name)} (${operator}) ${obstacle}, which is not written out here`;
  const remedy = 'Export the model without fusing attention, or fuse it again with the inputs named in the detail in another form.';
  return { reason: 'OPERATOR_UNSUPPORTED', operator, node: name, detail, remedy };
}

function checkAttention(index: GraphIndex, node: GraphNode): string | null {
  const weights = index.graph.initializers.get(node.inputs[1] ?? '');
  if (weights === undefined) return 'computes its weights';
  if (readInteger(node, 'num_heads') === undefined) return 'names no number of heads';
  if (readInteger(node, 'do_rotary') === 1) return 'turns queries and keys by position';
  if ((node.inputs[6] ?? '') !== '' || readInteger(node, 'past_present_share_buffer') === 1) return 'shares the buffer of past keys';
  if (readMaskForm(index, node.inputs[3] ?? '') === null) return 'has a mask_index whose form the graph does not tell';
  return null;
}

function checkMultiHead(index: GraphIndex, node: GraphNode): string | null {
  const has = (at: number) => (node.inputs[at] ?? '') !== '';
  if (readInteger(node, 'num_heads') === undefined) return 'names no number of heads';
  if (has(8) || has(9)) return 'shares the buffer of past keys';
  if ((node.outputs[3] ?? '') !== '') return 'gives its scores to the graph';
  if (readKeyForm(index, node) === null) return 'has queries, keys or values packed, or of unknown rank';
  if (readMaskForm(index, node.inputs[4] ?? '') === null) return 'has a key_padding_mask whose form the graph does not tell';
  return null;
}
