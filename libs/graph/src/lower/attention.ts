import type { NodeWriter } from '../edit/node-writer.js';
import { readMaskForm } from '../attention/read-mask-form.js';
import type { FusedNode } from './fused-node.js';
import type { AttentionLowering } from './lowering.js';
import { splitHeads } from './write-core.js';
import { writeMaskedCore } from './write-masked-core.js';
import { writeRotation } from './write-rotation.js';

/**
 * com.microsoft Attention, which projects its input [batch, tokens, width] itself.
 *
 * `do_rotary` turns the first half of a head's numbers with the second, by the position times 10000^(-2i / turned). No implementation for a
 * processor has it.
 *
 * Source: ONNX Runtime, docs/ContribOperators.md, contrib_ops/cpu/bert/attention.cc and, for do_rotary,
 * contrib_ops/cuda/bert/add_bias_transpose.cu.
 */
export const attention: AttentionLowering = {
  refuse: (fused) => {
    if (fused.integer('num_heads', 0) === 0) return 'names no number of heads';
    if (fused.has(6) || fused.integer('past_present_share_buffer', 0) === 1) return 'shares the buffer of past keys';
    if (readMaskForm(fused.index, fused.input(3)) === null) return 'has a mask_index whose form the graph does not tell';
    const turned = fused.integer('do_rotary', 0) === 1 ? findTurned(fused) : 0;
    return turned === null ? 'turns heads by position whose size the graph does not tell' : null;
  },
  write: (fused, writer) => {
    const [first, second, newValue] = project(fused, writer);
    const tokens = { query: first, key: second };
    const rotation = fused.integer('do_rotary', 0) === 1 ? writeAngles(fused, writer, first) : null;
    const { query, key: newKey } =
      rotation === null ? tokens : { query: writeRotation(writer, first, rotation), key: writeRotation(writer, second, rotation) };
    // [2, batch, heads, past, head size]
    const past = (part: bigint, recent: string) =>
      fused.has(4)
        ? writer.add('Concat', [writer.add('Gather', [fused.input(4), writer.integers(part)], { axis: 0n }), recent], { axis: 2n })
        : recent;
    const [key, value] = [past(0n, newKey), past(1n, newValue)];
    const present = fused.output(1);
    if (present !== '') writer.add('Concat', [writer.unsqueeze(key, [0n]), writer.unsqueeze(value, [0n])], { axis: 0n }, present);
    return writeMaskedCore(fused, writer, { query, key, value }, 3);
  },
};

/** Queries, keys and values of the input, each [batch, heads, tokens, size]. */
function project(fused: FusedNode, writer: NodeWriter): readonly [string, string, string] {
  const product = writer.add('MatMul', [fused.input(0), fused.input(1)]);
  const projected = fused.has(2) ? writer.add('Add', [product, fused.input(2)]) : product;
  const ends = [writer.integers([0n]), ...findEnds(fused, writer, projected)];
  const heads = fused.integer('num_heads', 1);
  const split = (part: number) => {
    const piece = writer.slice(projected, ends[part] ?? '', ends[part + 1] ?? '', 2n);
    return splitHeads(writer, piece, heads);
  };
  return [split(0), split(1), split(2)];
}

/** Where the queries, keys and values end among the columns of the projection; by thirds where the node names no sizes. */
function findEnds(fused: FusedNode, writer: NodeWriter, projected: string): readonly string[] {
  const sizes = fused.node.attributes.get('qkv_hidden_sizes');
  const [query, key, value] = sizes?.kind === 'ints' ? sizes.value : [];
  if (query !== undefined && key !== undefined && value !== undefined)
    return [query, query + key, query + key + value].map((end) => writer.integers([end]));
  const stored = fused.index.graph.initializers.get(fused.input(1))?.shape[1];
  if (stored !== undefined) return [1n, 2n, 3n].map((part) => writer.integers([(BigInt(stored) / 3n) * part]));
  const third = writer.add('Div', [writer.lengths(projected, 2n), writer.integers([3n])]);
  return [1n, 2n, 3n].map((part) => writer.add('Mul', [third, writer.integers([part])]));
}

/** How many numbers of a head are turned, and how many it has; null where the graph does not tell. */
function findTurned(fused: FusedNode): { readonly turned: number; readonly size: number } | null {
  const sizes = fused.node.attributes.get('qkv_hidden_sizes');
  const columns = fused.index.graph.initializers.get(fused.input(1))?.shape[1];
  const width = sizes?.kind === 'ints' ? Number(sizes.value[0]) : columns === undefined ? null : columns / 3;
  if (width === null) return null;
  const size = width / fused.integer('num_heads', 1);
  return { turned: fused.integer('rotary_embedding_dim', 0) || size, size };
}

/** Cosines and sines [tokens, half]; positions go on behind those of the cache. */
function writeAngles(fused: FusedNode, writer: NodeWriter, query: string) {
  const { turned, size } = findTurned(fused) ?? { turned: 0, size: 0 };
  const places = writer.range(writer.length(query, 2n));
  const positions = fused.has(4) ? writer.add('Add', [places, writer.length(fused.input(4), 3n)]) : places;
  const steps = writer.floats(Array.from({ length: turned / 2 }, (_, at) => 10_000 ** ((-2 * at) / turned)));
  const angles = writer.add('Mul', [writer.unsqueeze(writer.cast(positions, 'float32'), [1n]), steps]);
  const typed = (op: string) => (writer.float === 'float32' ? writer.add(op, [angles]) : writer.toFloat(writer.add(op, [angles])));
  return { cosine: typed('Cos'), sine: typed('Sin'), interleaved: false, rest: turned < size };
}
