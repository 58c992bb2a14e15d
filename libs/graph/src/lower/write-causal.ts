import type { NodeWriter } from '../edit/node-writer.js';

/**
 * What is visible of earlier tokens and the own one.
 *
 * @param positions of the queries among the keys, int64 [queries]
 * @param keys number of them, a scalar
 * @returns name of booleans [queries, keys]
 */
export function writeCausal(writer: NodeWriter, positions: string, keys: string): string {
  return writer.add('Not', [writer.add('Greater', [writer.range(keys), writer.unsqueeze(positions, [1n])])]);
}

/**
 * Positions of queries that are the last of the keys: those before them come from a cache.
 *
 * @param query [batch, heads, queries, head size], and `key` [batch, heads, keys, head size]
 * @returns name of int64 [queries]
 */
export function writeLastPositions(writer: NodeWriter, query: string, key: string): string {
  const queries = writer.length(query, 2n);
  return writer.add('Add', [writer.range(queries), writer.add('Sub', [writer.length(key, 2n), queries])]);
}
