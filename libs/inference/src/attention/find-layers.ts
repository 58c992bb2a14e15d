import { findAttention, inlineFunctions, takeBranches, type AttentionFinding, type ModelGraph } from '#graph';
import type { GraphFile } from '../folder/model-folder.js';
import { readGraph } from '../folder/read-graph.js';
import { mergedInput } from '../language/merged-input.js';

/** What was found of attention in a file, and where. */
export interface FoundAttention {
  readonly finding: AttentionFinding;
  /** The file's, with the functions of the model and the branch of a merged decoder in place: what they hide cannot be found or made an output. */
  readonly bytes: Uint8Array;
  readonly graph: ModelGraph;
}

/** Looks for attention in a file. Nothing is opened or run. */
export function findLayers({ modelFile, modelBytes, graph }: GraphFile): FoundAttention {
  const whole = graph.functions.size === 0 ? modelBytes : inlineFunctions(modelBytes);
  const merged = graph.inputs.some(({ name }) => name === mergedInput);
  const bytes = merged ? takeBranches(whole, new Map([[mergedInput, true]])) : whole;
  const inlined = bytes === modelBytes ? graph : readGraph(modelFile, bytes);
  return { finding: findAttention(inlined), bytes, graph: inlined };
}
