import type { GraphNode } from '../model-graph.js';
import { nameOperator } from '../name-operator.js';
import type { NodeName } from './attention-layer.js';

const longest = 256;

/**
 * What a node is called in what people read: its name, or its first output that has one, cut to 256 characters.
 *
 * @param place among the nodes of the top graph
 */
export function nameNode(node: GraphNode, place: number): NodeName {
  const name = node.name || (node.outputs.find((output) => output !== '') ?? '');
  const operator = nameOperator(node.domain, node.opType);
  return { operator, node: name.length > longest ? `${name.slice(0, longest)}…` : name, place };
}
