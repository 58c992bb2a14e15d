import type { InnerTensors } from '#explainers';
import { findFeatureMap, findHiddenStates, type AttentionLayer } from '#graph';
import type { PreparedModel } from './prepare-gradient.js';

/** Feature maps of a model of pictures, or hidden states of a transformer of patches. */
export function listFeatureMaps({ graph, facts }: PreparedModel): InnerTensors {
  const { standard, all } = findFeatureMap(graph, facts);
  const tensors = all.map((tensor) => ({
    tensor,
    operator: graph.nodes.find(({ outputs }) => outputs.includes(tensor))?.opType ?? '',
    shape: Array.from({ length: facts.rank(tensor) - 1 }, (_, axis) => facts.length(tensor, axis + 1)),
  }));
  const isOfPatches = standard !== null && facts.rank(standard) === 3;
  const reason = isOfPatches
    ? 'What the attention of the last block reads: behind it the first token alone is read, and no patch has a gradient.'
    : 'The last map that still has places: what reads it gives none.';
  return { tensors, standard, reason };
}

/** The hidden states that each layer of self-attention reads. */
export function listHiddenStates({ graph, facts }: PreparedModel, layers: readonly AttentionLayer[]): InnerTensors {
  const found = findHiddenStates(
    graph,
    facts,
    layers.filter(({ kind }) => kind !== 'cross'),
  );
  return {
    tensors: found.map(({ tensor, operator }) => ({ tensor, operator, shape: [null, facts.length(tensor, 2)] })),
    standard: found.at(-1)?.tensor ?? null,
    reason: 'What the attention of the last layer reads: behind it the score is taken from single tokens, and the others have no gradient.',
  };
}
