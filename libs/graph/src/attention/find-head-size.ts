import { GraphIndex } from '../graph-index.js';
import type { ModelGraph } from '../model-graph.js';
import { findWidth } from './find-width.js';
import { readInteger } from '../read-attribute.js';

/**
 * The head size of the keys or values that GroupQueryAttention takes from a graph input, for files that call that axis by a symbol: the width
 * of the projection before it, shared out to its heads.
 *
 * @param input name of the graph input
 * @returns null where no such node reads it, or the width is not stored
 */
export function findHeadSize(graph: ModelGraph, input: string): number | null {
  const index = new GraphIndex(graph);
  const reader = index.readers(input).find(({ node }) => node.opType === 'GroupQueryAttention');
  if (reader === undefined) return null;
  const [query, key] = reader.node.inputs;
  const heads = readInteger(reader.node, 'num_heads') ?? 0;
  const keyHeads = readInteger(reader.node, 'kv_num_heads') ?? 0;
  const packed = (key ?? '') === '';
  const width = findWidth(index, (packed ? query : key) ?? '');
  const shares = packed ? heads + 2 * keyHeads : keyHeads;
  return width === null || shares === 0 || width % shares !== 0 ? null : width / shares;
}
