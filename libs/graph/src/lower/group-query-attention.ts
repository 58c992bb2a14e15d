import type { NodeWriter } from '../edit/node-writer.js';
import { findWidth } from '../attention/find-width.js';
import type { FusedNode } from './fused-node.js';
import type { AttentionLowering } from './lowering.js';
import { repeatHeads } from './repeat-heads.js';
import { joinHeads, turnHeads, writeCore } from './write-core.js';
import { writeJoinedCache } from './write-joined-cache.js';
import { writeQueryPlaces, type QueryPlaces } from './write-query-places.js';
import { writeRotation, type Rotation } from './write-rotation.js';

/**
 * com.microsoft GroupQueryAttention: causal attention over a cache, with fewer key heads than query heads. Its fourth output is what goes into
 * the softmax (`qk_output` 1, with 0 for a hidden key) or comes out of it (2).
 *
 * Source: ONNX Runtime, docs/ContribOperators.md, contrib_ops/cpu/bert/group_query_attention.cc and gqa_attention_base.h.
 */
export const groupQueryAttention: AttentionLowering = {
  refuse: (fused) => {
    const integer = (name: string) => fused.integer(name, 0);
    if (integer('num_heads') === 0 || integer('kv_num_heads') === 0) return 'names no number of heads';
    if (fused.has(1) !== fused.has(2)) return 'has keys without values, or these without them';
    if (fused.has(3) !== fused.has(4)) return 'has past keys without past values, or these without them';
    if (!fused.has(5) || !fused.has(6)) return 'has no lengths of its rows';
    if (integer('do_rotary') === 1 && (!fused.has(7) || !fused.has(8))) return 'turns by position without caches';
    if (integer('sliding_window_cache') === 1) return 'keeps a sliding window as its cache';
    if (['k_quant_type', 'v_quant_type'].some((name) => fused.text(name, 'NONE') !== 'NONE')) return 'keeps its cache in few bits';
    if (fused.has(14) || fused.has(15)) return 'normalises queries and keys itself';
    const shown = fused.output(3) === '' || integer('qk_output') === 1 || integer('qk_output') === 2;
    return shown ? null : 'gives scores without saying which';
  },
  write: (fused, writer) => {
    const heads = fused.integer('num_heads', 1);
    const shared = fused.integer('kv_num_heads', 1);
    const parts = split(fused, writer, heads, shared);
    const places = writeQueryPlaces(writer, { query: parts.query, lengths: fused.input(5), total: fused.input(6) });
    const rotation = fused.integer('do_rotary', 0) === 1 ? writeAngles(fused, writer, places) : null;
    const turn = (tensor: string) => (rotation === null ? tensor : writeRotation(writer, tensor, rotation));
    const query = turnHeads(writer, turn(parts.query));
    const presents = [turn(parts.key), parts.value].map((recent, at) =>
      fused.has(3 + at) ? writeJoinedCache(writer, fused.input(3 + at), recent, places) : turnHeads(writer, recent),
    );
    // A cache may be longer than what is in it.
    const attended = presents.map((present) =>
      repeatHeads(writer, fused.has(3) ? writer.slice(present, writer.integers([0n]), places.total, 2n) : present, heads / shared),
    );
    const visible = writeVisible(fused, writer, places);
    const core = writeCore(writer, {
      query,
      key: attended[0] ?? '',
      value: attended[1] ?? '',
      scale: fused.float('scale', 0) || null,
      softcap: fused.float('softcap', 0),
      added: [fused.input(10)],
      visible: [visible],
      sink: writeSink(fused, writer),
    });
    joinHeads(writer, core.mixed, fused.output(0));
    presents.forEach((present, at) => {
      if (fused.output(1 + at) !== '') writer.add('Identity', [present], {}, fused.output(1 + at));
    });
    if (fused.output(3) === '') return core;
    if (fused.integer('qk_output', 0) === 2) writer.add('Identity', [core.probabilities], {}, fused.output(3));
    else writer.add('Where', [visible, core.scores, writer.number(0)], {}, fused.output(3));
    return core;
  },
};

/** Queries, keys and values, each [batch, tokens, heads, size]. */
function split(fused: FusedNode, writer: NodeWriter, heads: number, shared: number) {
  const cut = (at: number, count: number) => writer.add('Reshape', [fused.input(at), writer.integers([0n, 0n, BigInt(count), -1n])]);
  if (fused.has(1)) return { query: cut(0, heads), key: cut(1, shared), value: cut(2, shared) };
  const packed = cut(0, heads + 2 * shared);
  const part = (start: number, end: number) => writer.part(packed, BigInt(start), BigInt(end), 2n);
  return { query: part(0, heads), key: part(heads, heads + shared), value: part(heads + shared, heads + 2 * shared) };
}

/** Cosines and sines [batch or 1, tokens, 1, half]. */
function writeAngles(fused: FusedNode, writer: NodeWriter, places: QueryPlaces): Rotation {
  const look = (at: number) =>
    writer.unsqueeze(writer.add('Gather', [fused.input(at), writePositions(fused, writer, places)], { axis: 0n }), [2n]);
  const half = fused.index.graph.initializers.get(fused.input(7))?.shape[1];
  const width = findWidth(fused.index, fused.input(0));
  const count = fused.integer('num_heads', 1) + (fused.has(1) ? 0 : 2 * fused.integer('kv_num_heads', 1));
  const rest = half === undefined || width === null || width !== 2 * half * count;
  return { cosine: look(7), sine: look(8), interleaved: fused.integer('rotary_interleaved', 0) === 1, rest };
}

/** Of positions that are given, a first prompt takes the first alone, and counts on from there. */
function writePositions(fused: FusedNode, writer: NodeWriter, { positions, prompt }: QueryPlaces): string {
  if (!fused.has(9)) return positions;
  const first = writer.part(writer.add('Reshape', [fused.input(9), writer.integers([-1n])]), 0n, 1n, 0n);
  return writer.add('Where', [prompt, writer.add('Add', [positions, first]), fused.input(9)]);
}

/** [batch, 1, tokens, total]: keys up to the own place, of a window the last ones alone. */
function writeVisible(fused: FusedNode, writer: NodeWriter, { ends, total }: QueryPlaces): string {
  const keys = writer.range(writer.add('Reshape', [total, writer.integers([])]));
  const limit = writer.unsqueeze(ends, [1n, 3n]);
  const before = writer.add('Less', [keys, limit]);
  const window = fused.integer('local_window_size', -1);
  if (window < 0) return before;
  const start = writer.add('Sub', [limit, writer.integers([BigInt(window)])]);
  return writer.add('And', [before, writer.add('Not', [writer.add('Less', [keys, start])])]);
}

/** [1, heads, 1, 1] or one number; '' where the softmax is the usual one. */
function writeSink(fused: FusedNode, writer: NodeWriter): string {
  if (fused.has(11)) return writer.add('Reshape', [fused.input(11), writer.integers([1n, -1n, 1n, 1n])]);
  if (fused.integer('smooth_softmax', 0) !== 1) return '';
  return writer.add('Reshape', [writer.number(0), writer.integers([1n, 1n, 1n, 1n])]);
}
