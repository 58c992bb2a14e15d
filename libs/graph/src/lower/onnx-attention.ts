import { findHeads } from '../attention/find-heads.js';
import type { NodeWriter } from '../edit/node-writer.js';
import { inferBoolean } from '../infer-boolean.js';
import type { FusedNode } from './fused-node.js';
import type { AttentionLowering } from './lowering.js';
import { repeatHeads } from './repeat-heads.js';
import { writeCausal } from './write-causal.js';
import { joinHeads, splitHeads, writeCore, type Core } from './write-core.js';

/**
 * Attention of ai.onnx: queries, keys and values [batch, heads, tokens, size], or [batch, tokens, heads * size] with the numbers of heads as
 * attributes. Its fourth output is, by `qk_matmul_output_mode`, the scaled product (0), behind the soft cap (1), with bias and mask (2), or the
 * probabilities (3).
 *
 * Source: ONNX operator Attention-23 and Attention-24, in the order of onnx#7867 and onnx#7913, which ONNX Runtime 1.30 follows:
 * core/providers/cpu/llm/attention.cc.
 */
export const onnxAttention: AttentionLowering = {
  refuse: (fused) => {
    const rank = findRank(fused);
    if (rank !== 3 && rank !== 4) return 'has queries of unknown rank';
    if (rank === 3 && (fused.integer('q_num_heads', 0) === 0 || fused.integer('kv_num_heads', 0) === 0)) return 'names no number of heads';
    if (fused.has(4) !== fused.has(5)) return 'has past keys without past values, or these without them';
    const known = !fused.has(3) || inferBoolean(fused.index, fused.input(3)) !== null;
    return known ? null : 'has an attn_mask whose type the graph does not tell';
  },
  write: (fused, writer) => {
    const packed = findRank(fused) === 3;
    const part = (at: number, heads: string) => (packed ? splitHeads(writer, fused.input(at), fused.integer(heads, 1)) : fused.input(at));
    const query = part(0, 'q_num_heads');
    const [key, value] = [1, 2].map((at) => {
      const recent = part(at, 'kv_num_heads');
      const joined = fused.has(at + 3) ? writer.add('Concat', [fused.input(at + 3), recent], { axis: 2n }) : recent;
      if (fused.output(at) !== '') writer.add('Identity', [joined], {}, fused.output(at));
      return joined;
    });
    const times = findTimes(fused, writer, query, key ?? '');
    const attended = repeatHeads(writer, key ?? '', times);
    const boolean = fused.has(3) && inferBoolean(fused.index, fused.input(3)) === true;
    const inputs = {
      query,
      key: attended,
      value: repeatHeads(writer, value ?? '', times),
      scale: fused.float('scale', 0) || null,
      softcap: fused.float('softcap', 0),
      added: [boolean ? '' : fused.input(3)],
      visible: [boolean ? fused.input(3) : '', writeOrder(fused, writer, query, attended), writeReal(fused, writer, attended)],
    };
    const core = writeCore(writer, inputs, packed ? undefined : fused.output(0));
    if (packed) joinHeads(writer, core.mixed, fused.output(0));
    if (fused.output(3) !== '') writer.add('Identity', [choose(fused, core)], {}, fused.output(3));
    return core;
  },
};

function findRank(fused: FusedNode): number | null {
  // The attribute is for packed queries alone.
  return fused.rank(0) ?? (fused.integer('q_num_heads', 0) > 0 ? 3 : null);
}

/** How many query heads share one of the keys. */
function findTimes(fused: FusedNode, writer: NodeWriter, query: string, key: string): number | string {
  const named = [fused.integer('q_num_heads', 0), fused.integer('kv_num_heads', 0)] as const;
  const found = [findHeads(fused.index, fused.input(0)), findHeads(fused.index, fused.input(1))] as const;
  for (const [heads, shared] of [named, found]) if (heads !== null && shared !== null && shared > 0) return heads / shared;
  return writer.add('Div', [writer.lengths(query, 1n, 2n), writer.lengths(key, 1n, 2n)]);
}

function writeOrder(fused: FusedNode, writer: NodeWriter, query: string, key: string): string {
  if (fused.integer('is_causal', 0) !== 1) return '';
  const places = writer.range(writer.length(query, 2n));
  const positions = fused.has(4) ? writer.add('Add', [places, writer.length(fused.input(4), 2n)]) : places;
  return writeCausal(writer, positions, writer.length(key, 2n));
}

/** Of version 24: how many keys of each row are real. */
function writeReal(fused: FusedNode, writer: NodeWriter, key: string): string {
  if (!fused.has(6)) return '';
  return writer.add('Less', [writer.range(writer.length(key, 2n)), writer.unsqueeze(fused.input(6), [1n, 2n, 3n])]);
}

function choose(fused: FusedNode, core: Core): string {
  return [core.product, core.capped, core.scores, core.probabilities][fused.integer('qk_matmul_output_mode', 0)] ?? core.product;
}
