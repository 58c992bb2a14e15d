import type { NodeWriter } from '../edit/node-writer.js';
import type { FusedNode } from './fused-node.js';
import type { Lowering } from './lowering.js';
import { writeRotation } from './write-rotation.js';

/**
 * com.microsoft RotaryEmbedding: turns the heads of x [batch, tokens, heads * size] or [batch, heads, tokens, size] by their positions: one
 * number, to which a token's place is added, or [batch, tokens]. The caches are [positions, half of what is turned].
 *
 * Source: ONNX Runtime, docs/ContribOperators.md and contrib_ops/cpu/bert/rotary_embedding_helper.h. Its `scale` is not used there either.
 */
export const rotaryEmbedding: Lowering = {
  refuse: (fused) => {
    if (fused.integer('is_packed_batching', 0) === 1) return 'holds its batch packed';
    const rank = fused.rank(0);
    if (rank !== 3 && rank !== 4) return 'turns a tensor whose rank the graph does not tell';
    return fused.rank(1) === null ? 'has position_ids whose rank the graph does not tell' : null;
  },
  write: (fused, writer) => {
    const packed = fused.rank(0) === 3;
    const x = packed ? writer.add('Reshape', [fused.input(0), writeSplit(fused, writer)]) : fused.input(0);
    const positions = writePositions(fused, writer, writer.length(x, packed ? 1n : 2n));
    const look = (at: number) => writer.unsqueeze(writer.add('Gather', [fused.input(at), positions], { axis: 0n }), [packed ? 2n : 1n]);
    const rest = fused.integer('rotary_embedding_dim', 0) > 0;
    const rotation = { cosine: look(2), sine: look(3), interleaved: fused.integer('interleaved', 0) === 1, rest };
    if (!packed) writeRotation(writer, x, rotation, fused.output(0));
    else writer.add('Reshape', [writeRotation(writer, x, rotation), writer.add('Shape', [fused.input(0)])], {}, fused.output(0));
  },
};

/** [batch, tokens, heads, size]: by the number of heads, or by a size of twice what the caches hold. */
function writeSplit(fused: FusedNode, writer: NodeWriter): string {
  const heads = fused.integer('num_heads', 0);
  if (heads > 0) return writer.integers([0n, 0n, BigInt(heads), -1n]);
  const size = writer.add('Mul', [writer.lengths(fused.input(2), 1n), writer.integers([2n])]);
  return writer.add('Concat', [writer.integers([0n, 0n, -1n]), size], { axis: 0n });
}

/** [batch or 1, tokens]. */
function writePositions(fused: FusedNode, writer: NodeWriter, tokens: string): string {
  if (fused.rank(1) === 2) return fused.input(1);
  return writer.unsqueeze(writer.add('Add', [writer.range(tokens), fused.input(1)]), [0n]);
}
