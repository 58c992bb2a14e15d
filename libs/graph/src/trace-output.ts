import type { GraphBody, GraphNode } from './model-graph.js';

/** Operators that hand on their first input's numbers, reshaped, renamed or normalised to sum one. */
const passes = new Set(['Identity', 'Cast', 'CastLike', 'ZipMap', 'Normalizer', 'Reshape', 'Squeeze', 'Unsqueeze', 'Flatten', 'Dropout']);

/**
 * Follows a tensor back to the node that made its numbers, through nodes that only hand them on.
 *
 * @param name a tensor of this graph
 * @returns that node, or null where the numbers are an input or an initialiser
 */
export function traceOutput(graph: GraphBody, name: string): GraphNode | null {
  const makers = new Map(graph.nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
  let maker = makers.get(name) ?? null;
  // No graph in topological order has a cycle, but nothing has checked that order yet.
  for (let steps = 0; maker !== null && passes.has(maker.opType) && steps < graph.nodes.length; steps++) {
    maker = makers.get(maker.inputs[0] ?? '') ?? null;
  }
  return maker;
}
