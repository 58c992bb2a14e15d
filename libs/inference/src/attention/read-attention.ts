import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExplainProblem } from '#explainers';
import type { AttentionLayer, ModelGraph } from '#graph';
import { readGraph } from '../folder/read-graph.js';
import { findLayers } from './find-layers.js';

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
  const modelBytes = await readFile(join(folder, modelFile));
  const { finding, bytes, graph } = findLayers({ modelFile, modelBytes, graph: readGraph(modelFile, modelBytes) });
  if (finding.found) return { bytes, graph, layers: finding.layers };
  throw new ExplainProblem('ATTENTION_UNAVAILABLE', finding.refusal.detail, null, finding.refusal.remedy);
}
