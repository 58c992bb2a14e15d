import { listBodies } from '../list-bodies.js';
import type { GraphBody, ModelGraph } from '../model-graph.js';
import type { AttentionRefusal } from './attention-layer.js';
import { nameNode } from './name-node.js';

/** The first If, Loop or Scan that has attention inside; null where there is none. */
export function findControlFlow(graph: ModelGraph): AttentionRefusal | null {
  for (const [place, node] of graph.nodes.entries()) {
    if (!listBodies(node).some(holdsAttention)) continue;
    const { operator, node: name } = nameNode(node, place);
    return {
      reason: 'CONTROL_FLOW',
      operator,
      node: name,
      detail: `attention lies inside the ${operator} of node ${JSON.stringify(name)}, and a branch or loop does not show its tensors`,
      remedy: 'Export decoder_model.onnx or decoder_with_past_model.onnx instead of the merged decoder, or a graph without control flow.',
    };
  }
  return null;
}

function holdsAttention({ nodes }: GraphBody): boolean {
  return nodes.some((node) => node.opType === 'Softmax' || node.opType.includes('Attention') || listBodies(node).some(holdsAttention));
}
