import type { GraphBody, GraphNode } from './model-graph.js';

/** The branches or loop bodies of a node. */
export function listBodies({ attributes }: GraphNode): readonly GraphBody[] {
  return [...attributes.values()].flatMap((attribute) =>
    attribute.kind === 'graph' ? [attribute.value] : attribute.kind === 'graphs' ? attribute.value : [],
  );
}

/** What reads a tensor's shape alone. */
const shapeReaders = new Set(['Shape', 'Size']);

/**
 * Tensors that a node reads: its inputs, and what its branches or loop bodies take from around them.
 *
 * @param numbersAlone whether what is read for its shape alone is left out
 */
export function listReads(node: GraphNode, numbersAlone = false): readonly string[] {
  if (numbersAlone && shapeReaders.has(node.opType)) return [];
  const inputs = node.inputs.filter((name) => name !== '');
  const bodies = listBodies(node);
  return bodies.length === 0 ? inputs : [...inputs, ...bodies.flatMap((body) => listCaptured(body, numbersAlone))];
}

function listCaptured({ inputs, initializers, nodes, outputs }: GraphBody, numbersAlone: boolean): readonly string[] {
  const own = new Set([...inputs.map(({ name }) => name), ...initializers.keys(), ...nodes.flatMap((node) => node.outputs)]);
  return [...nodes.flatMap((node) => listReads(node, numbersAlone)), ...outputs.map(({ name }) => name)].filter((name) => !own.has(name));
}
