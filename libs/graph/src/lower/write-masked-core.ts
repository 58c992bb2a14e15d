import { readMaskForm } from '../attention/read-mask-form.js';
import type { NodeWriter } from '../edit/node-writer.js';
import type { FusedNode } from './fused-node.js';
import { writeCausal, writeLastPositions } from './write-causal.js';
import { joinHeads, writeCore, type CoreInputs } from './write-core.js';
import type { LoweredAttention } from './lowering.js';
import { usualFilter, writePaddingMask } from './write-padding-mask.js';

/** Place of the bias that is added to the scores, in both operators. */
const BIAS = 5;

/**
 * The core of com.microsoft Attention and MultiHeadAttention, with their masks, and its result as their first output.
 *
 * @param parts queries, keys and values [batch, heads, tokens, size], those of a cache first
 * @param mask place of the padding mask among the inputs
 */
export function writeMaskedCore(
  fused: FusedNode,
  writer: NodeWriter,
  parts: Pick<CoreInputs, 'query' | 'key' | 'value'>,
  mask: number,
): LoweredAttention {
  const { query, key } = parts;
  const form = readMaskForm(fused.index, fused.input(mask)) ?? 'none';
  const filter = fused.float('mask_filter_value', usualFilter);
  const padding = writePaddingMask(writer, { mask: fused.input(mask), form, filter, query, key });
  const causal = fused.integer('unidirectional', 0) === 1;
  const core = writeCore(writer, {
    ...parts,
    scale: fused.float('scale', 0) || null,
    added: [padding, fused.input(BIAS)],
    visible: causal ? [writeCausal(writer, writeLastPositions(writer, query, key), writer.length(key, 2n))] : [],
  });
  joinHeads(writer, core.mixed, fused.output(0));
  return core;
}
