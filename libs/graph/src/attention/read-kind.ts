import type { GraphIndex } from '../graph-index.js';
import type { AttentionKind } from './attention-layer.js';
import { readsTriangle } from './reads-triangle.js';

/**
 * @param masks tensors added to the scores, or that choose among them; empty names are left out inputs
 * @returns 'cross' where the queries know a graph input that the keys do not: they come from another stream
 */
export function readKind(index: GraphIndex, query: string, key: string, masks: readonly string[]): AttentionKind {
  if ((index.inputsBehind(query) & ~index.inputsBehind(key)) !== 0n) return 'cross';
  return readsTriangle(index, masks) ? 'causal-self' : 'self';
}
