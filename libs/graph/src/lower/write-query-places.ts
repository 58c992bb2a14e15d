import type { NodeWriter } from '../edit/node-writer.js';

/** Where the queries of GroupQueryAttention stand, all int64. */
export interface QueryPlaces {
  /** [1]: keys of the longest row. */
  readonly total: string;
  /** One boolean, [1]: whether nothing of the cache is read. */
  readonly prompt: string;
  /** [batch, 1]: keys of each row that come from the cache. */
  readonly past: string;
  /** [batch, tokens]: place of each query among the keys of its row. */
  readonly positions: string;
  /** [batch, tokens]: the place behind the last key that a query may see. */
  readonly ends: string;
}

/**
 * Reads the lengths of GroupQueryAttention. A prompt is what has as many tokens as the longest row has keys: nothing comes from the cache
 * then. The padding behind a shorter row sees its real keys.
 *
 * Source: ONNX Runtime, contrib_ops/cpu/bert/group_query_attention_helper.h and gqa_attention_base.h (ComputeAttentionProbs).
 *
 * @param inputs query [batch, tokens, heads, size]; lengths: keys of each row but one, int32 [batch]; total: keys of the longest, int32
 */
export function writeQueryPlaces(
  writer: NodeWriter,
  { query, lengths, total }: { readonly query: string; readonly lengths: string; readonly total: string },
): QueryPlaces {
  const column = (tensor: string) => writer.add('Reshape', [writer.toInteger(tensor), writer.integers([-1n, 1n])]);
  const keys = writer.add('Add', [column(lengths), writer.integers([1n])]);
  const tokens = writer.lengths(query, 1n, 2n);
  const longest = writer.add('Reshape', [writer.toInteger(total), writer.integers([1n])]);
  const prompt = writer.add('Equal', [tokens, longest]);
  const past = writer.add('Where', [prompt, writer.integers([0n]), writer.add('Sub', [keys, tokens])]);
  const positions = writer.add('Add', [past, writer.range(writer.length(query, 1n))]);
  const next = writer.add('Add', [positions, writer.integers([1n])]);
  const ends = writer.add('Where', [writer.add('Less', [next, keys]), next, keys]);
  return { total: longest, prompt, past, positions, ends };
}
