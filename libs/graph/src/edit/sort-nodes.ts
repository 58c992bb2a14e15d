import { listReads } from '../list-bodies.js';
import type { GraphNode, ModelGraph } from '../model-graph.js';
import { GraphEditor } from './graph-editor.js';

/**
 * Puts the nodes of the top graph in an order in which each stands behind those whose tensors it reads, as ONNX demands. The runtime takes any
 * order; what follows a graph from its front to its back, or from its back, does not.
 *
 * @param bytes what `graph` was read from
 * @returns `bytes` themselves where the order is one already
 */
export function sortNodes(bytes: Uint8Array, { nodes }: Pick<ModelGraph, 'nodes'>): Uint8Array {
  const order = findOrder(nodes);
  if (order.every((place, at) => place === at)) return bytes;
  const editor = new GraphEditor(bytes);
  for (const [at, place] of order.entries()) if (place !== at) editor.replaceNode(at, [editor.readNode(place)]);
  return editor.write();
}

/** Places of the nodes, each behind those it depends on, and otherwise as they stood. A circle, which does not run, is left as it is. */
function findOrder(nodes: readonly GraphNode[]): readonly number[] {
  const makers = new Map(nodes.flatMap(({ outputs }, place) => outputs.map((name) => [name, place] as const)));
  const order: number[] = [];
  const seen = new Set<number>();
  for (const start of nodes.keys()) {
    const open = enter(start);
    for (let last = open.at(-1); last !== undefined; last = open.at(-1)) {
      const next = last.waiting.pop();
      if (next === undefined) order.push(open.pop()?.place ?? start);
      else open.push(...enter(next));
    }
  }
  return order;

  function enter(place: number): { readonly place: number; readonly waiting: number[] }[] {
    const node = nodes[place];
    if (node === undefined || seen.has(place)) return [];
    seen.add(place);
    return [{ place, waiting: listReads(node).flatMap((name) => makers.get(name) ?? []) }];
  }
}
