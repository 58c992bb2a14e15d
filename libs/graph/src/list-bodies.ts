import type { GraphBody, GraphNode } from './model-graph.js';

/** The branches or loop bodies of a node. */
export function listBodies({ attributes }: GraphNode): readonly GraphBody[] {
  return [...attributes.values()].flatMap((attribute) =>
    attribute.kind === 'graph' ? [attribute.value] : attribute.kind === 'graphs' ? attribute.value : [],
  );
}
