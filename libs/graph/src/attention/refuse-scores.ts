import { GraphIndex } from '../graph-index.js';
import type { ModelGraph } from '../model-graph.js';
import type { AttentionLayer, AttentionRefusal } from './attention-layer.js';
import { findScores } from './find-scores.js';

/**
 * Why the scores of layers cannot be shown, by the first that keeps them to itself; null where all can.
 *
 * @param layers that `findAttention` gave for this graph
 */
export function refuseScores(graph: ModelGraph, layers: readonly AttentionLayer[]): AttentionRefusal | null {
  const index = new GraphIndex(graph);
  for (const layer of layers) {
    const found = findScores(index, layer);
    if ('reason' in found) return found;
  }
  return null;
}
