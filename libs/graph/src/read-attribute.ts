import type { GraphNode } from './model-graph.js';

/** An attribute of type int; undefined where the node has none of that name. */
export function readInteger(node: GraphNode, name: string): number | undefined {
  const attribute = node.attributes.get(name);
  return attribute?.kind === 'int' ? Number(attribute.value) : undefined;
}

/** An attribute of type float; undefined where the node has none of that name. */
export function readFloat(node: GraphNode, name: string): number | undefined {
  const attribute = node.attributes.get(name);
  return attribute?.kind === 'float' ? attribute.value : undefined;
}
