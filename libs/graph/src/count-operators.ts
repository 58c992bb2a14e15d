import type { Attribute, GraphNode, ModelGraph } from './model-graph.js';

/** How often each operator occurs, branches, loop bodies and the model's functions included; `domain:name` outside ai.onnx. Sorted by name. */
export function countOperators(graph: ModelGraph): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  const count = (nodes: readonly GraphNode[]): void => {
    for (const node of nodes) {
      const name = node.domain === '' ? node.opType : `${node.domain}:${node.opType}`;
      counts.set(name, (counts.get(name) ?? 0) + 1);
      for (const attribute of node.attributes.values()) for (const body of bodiesOf(attribute)) count(body.nodes);
    }
  };
  count(graph.nodes);
  for (const nodes of graph.functions.values()) count(nodes);
  return Object.fromEntries([...counts].sort(([one], [other]) => (one < other ? -1 : 1)));
}

function bodiesOf(attribute: Attribute) {
  if (attribute.kind === 'graph') return [attribute.value];
  return attribute.kind === 'graphs' ? attribute.value : [];
}
