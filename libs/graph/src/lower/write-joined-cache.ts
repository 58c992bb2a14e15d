import type { NodeWriter } from '../edit/node-writer.js';
import { turnHeads } from './write-core.js';
import type { QueryPlaces } from './write-query-places.js';

/**
 * Keys or values of a cache with the new ones behind them: rows of a batch may have taken different lengths of it, and what is behind the new
 * ones is 0. As long as the longest row, or as the cache where that is longer.
 *
 * Source: ONNX Runtime, contrib_ops/cpu/bert/attention_helper.h (ConcatStateChunkGQA).
 *
 * @param cache [batch, heads, past, size], `recent` [batch, tokens, heads, size]
 * @returns name of a tensor [batch, heads, keys, size]
 */
export function writeJoinedCache(writer: NodeWriter, cache: string, recent: string, { past, total }: QueryPlaces): string {
  const joined = writer.add('Concat', [turnHeads(writer, cache), recent], { axis: 1n });
  const room = writer.lengths(cache, 2n, 3n);
  const each = writer.add('Add', [room, writer.lengths(recent, 1n, 2n)]);
  const longest = writer.add('Where', [writer.add('Less', [room, total]), total, room]);
  const places = writer.range(writer.add('Reshape', [longest, writer.integers([])]));
  // Behind what a row has of the cache go its new ones, which stand behind the whole cache.
  const cached = writer.add('Less', [places, past]);
  const source = writer.add('Where', [cached, places, writer.add('Add', [places, writer.add('Sub', [room, past])])]);
  const filled = writer.add('Less', [source, each]);
  const rows = writer.unsqueeze(writer.range(writer.length(cache, 0n)), [1n]);
  const first = writer.add('Mul', [rows, each]);
  const found = writer.add('Add', [first, writer.add('Where', [filled, source, writer.integers([0n])])]);
  const flat = writer.add('Reshape', [joined, writer.add('Concat', [writer.integers([-1n]), writer.lengths(joined, 2n)], { axis: 0n })]);
  const taken = writer.add('Gather', [flat, found], { axis: 0n });
  return turnHeads(writer, writer.add('Where', [writer.unsqueeze(filled, [2n, 3n]), taken, writer.number(0)]));
}
