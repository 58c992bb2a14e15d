import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExplainProblem } from '#explainers';
import { findAttention, inlineFunctions, type AttentionLayer, type ModelGraph } from '#graph';
import { readGraph } from '../folder/read-graph.js';

/** A model whose attention has been found. */
export interface AttentionGraph {
  /** What `graph` was read from: the model with its functions put in place. */
  readonly bytes: Uint8Array;
  readonly graph: ModelGraph;
  readonly layers: readonly AttentionLayer[];
}

/**
 * @param folder absolute
 * @param modelFile relative to the folder
 * @throws ExplainProblem ATTENTION_UNAVAILABLE, or as the file deserves that is no model
 */
export async function readAttention(folder: string, modelFile: string): Promise<AttentionGraph> {
  const file = await readFile(join(folder, modelFile));
  const whole = readGraph(modelFile, file);
  // What the functions of a model hide cannot be found or made an output.
  const bytes = whole.functions.size === 0 ? file : inlineFunctions(file);
  const graph = bytes === file ? whole : readGraph(modelFile, bytes);
  const finding = findAttention(graph);
  if (finding.found) return { bytes, graph, layers: finding.layers };
  throw new ExplainProblem('ATTENTION_UNAVAILABLE', finding.refusal.detail, null, finding.refusal.remedy);
}
