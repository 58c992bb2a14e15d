import type { GraphNode } from '../model-graph.js';
import { nameOperator } from '../name-operator.js';
import type { NodeName } from './attention-layer.js';

/** @param place among the nodes of the top graph */
export function nameNode(node: GraphNode, place: number): NodeName {
  return { operator: nameOperator(node.domain, node.opType), node: node.name || (node.outputs[0] ?? ''), place };
}
