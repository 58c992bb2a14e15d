import type { ModelGraph } from '../model-graph.js';

/** `wanted`, with what it takes behind it so that no tensor of the graph begins with it. */
export function findFreshName(graph: ModelGraph, wanted: string): string {
  const names = [...graph.inputs.map(({ name }) => name), ...graph.initializers.keys(), ...graph.nodes.flatMap((node) => node.outputs)];
  let fresh = wanted;
  while (names.some((name) => name.startsWith(fresh))) fresh += '_';
  return fresh;
}
