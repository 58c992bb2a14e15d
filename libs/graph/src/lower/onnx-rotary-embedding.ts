import type { Lowering } from './lowering.js';
import { writeRotation } from './write-rotation.js';

/**
 * RotaryEmbedding of ai.onnx: turns the heads of x [batch, heads, tokens, size], or [batch, tokens, heads * size] with their number as an
 * attribute. The caches are [batch, tokens, half of what is turned], or [positions, half] with the positions [batch, tokens] beside them.
 * Caches of one row serve every row of a batch, for which ONNX Runtime's kernel wants as many.
 *
 * Source: ONNX operator RotaryEmbedding-23.
 */
export const onnxRotaryEmbedding: Lowering = {
  refuse: (fused) => {
    const rank = fused.rank(0);
    if (rank !== 3 && rank !== 4) return 'turns a tensor whose rank the graph does not tell';
    return rank === 3 && fused.integer('num_heads', 0) === 0 ? 'names no number of heads' : null;
  },
  write: (fused, writer) => {
    const packed = fused.rank(0) === 3;
    const heads = BigInt(fused.integer('num_heads', 1));
    const x = packed ? writer.add('Reshape', [fused.input(0), writer.integers([0n, 0n, heads, -1n])]) : fused.input(0);
    const look = (at: number) => {
      const each = fused.has(3) ? writer.add('Gather', [fused.input(at), fused.input(3)], { axis: 0n }) : fused.input(at);
      return writer.unsqueeze(each, [packed ? 2n : 1n]);
    };
    const rest = fused.integer('rotary_embedding_dim', 0) > 0;
    const rotation = { cosine: look(1), sine: look(2), interleaved: fused.integer('interleaved', 0) === 1, rest };
    if (!packed) writeRotation(writer, x, rotation, fused.output(0));
    else writer.add('Reshape', [writeRotation(writer, x, rotation), writer.add('Shape', [fused.input(0)])], {}, fused.output(0));
  },
};
