import type { GraphNode, ModelGraph } from '../model-graph.js';
import type { GraphFacts } from './graph-facts.js';

export interface FeatureMaps {
  /** Name of the value that Grad-CAM reads where nobody names one; null where the rule finds none. */
  readonly standard: string | null;
  /** Names of all values that could be named, in the order of the graph. */
  readonly all: readonly string[];
}

/** LayerNormalization before the attention of the last block: behind it come the one before its MLP and the one before the head. */
const fromEnd = 3;

/**
 * Finds the value that still has places and is nearest the answer: of the last node that reads a map and gives none, the map. A map has the
 * batch on axis 0, channels on axis 1 and more than one place on axes 2 and 3. A transformer has none of its own: there it is the
 * LayerNormalization before the attention of its last block, [batch, tokens, width], since behind it only the class token is read.
 *
 * @param graph as it was run for `facts`; rows of trial runs differ in number
 */
export function findFeatureMap(graph: ModelGraph, facts: GraphFacts): FeatureMaps {
  const named = (name: string) => name !== '' && facts.has(name) && facts.isFloat(name) && facts.length(name, 0) === null;
  const isMap = (name: string) => named(name) && facts.of(name).shapes.every((shape) => shape.length === 4 && countPlaces(shape) > 1);
  const isTokens = ({ opType, outputs: [name = ''] }: GraphNode) =>
    opType === 'LayerNormalization' && named(name) && facts.rank(name) === 3;
  const made = new Set(graph.nodes.flatMap(({ outputs }) => outputs));
  const tokens = graph.nodes.filter(isTokens).flatMap(({ outputs: [name = ''] }) => name);
  const attends = graph.nodes.some(({ opType, outputs: [name = ''] }) => opType === 'Softmax' && isMap(name));
  if (attends) {
    const places = followPlaces(graph);
    const all = graph.nodes.flatMap((node) =>
      isTokens(node) ? node.outputs.slice(0, 1) : node.outputs.filter((name) => places.has(name) && isMap(name)),
    );
    return { standard: tokens.at(-fromEnd) ?? null, all };
  }
  const spread = graph.nodes.flatMap((node) => (isTokens(node) ? node.outputs.slice(0, 1) : node.outputs.filter(isMap)));
  const last = graph.nodes.findLast(
    ({ opType, inputs, outputs }) =>
      opType !== 'Shape' && opType !== 'Size' && inputs.some((name) => made.has(name) && isMap(name)) && !outputs.some(isMap),
  );
  return { standard: last?.inputs.find((name) => made.has(name) && isMap(name)) ?? null, all: spread };
}

/** Operators behind which axes are no longer places of a picture. */
const scatters: ReadonlySet<string> = new Set(['Reshape', 'Flatten', 'MatMul', 'Gemm', 'Einsum', 'Softmax', 'Unsqueeze', 'Squeeze']);

/** Tensors whose axes are still those of the picture: attention has four axes too, and between them no place. */
function followPlaces({ inputs, nodes }: ModelGraph): ReadonlySet<string> {
  const places = new Set(inputs.map(({ name }) => name));
  for (const { opType, inputs: read, outputs } of nodes)
    if (!scatters.has(opType) && read.some((name) => places.has(name))) for (const name of outputs) places.add(name);
  return places;
}

function countPlaces(shape: readonly number[]): number {
  return (shape[2] ?? 0) * (shape[3] ?? 0);
}
