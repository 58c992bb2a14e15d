import type { GradientWriter } from '../gradient-writer.js';
import { writeUnary } from './write-unary.js';

/**
 * x / d^β with d = bias + α / size · Σx² over neighbouring channels: dy / d^β - 2αβ / size · x Σ(dy y / d), over the same
 * channels.
 */
export const lrn = writeUnary(({ x, y, dy }, writer, node) => {
  const [size, alpha, beta] = [node.integer('size', 1), node.float('alpha', 1e-4), node.float('beta', 0.75)];
  const squares = sumNeighbours(writer, writer.times(x, x), size);
  const base = writer.add('Add', [writer.scale(squares, alpha / size), writer.number(node.float('bias', 1))]);
  const own = writer.times(dy, writer.add('Pow', [base, writer.number(-beta)]));
  const others = sumNeighbours(writer, writer.add('Div', [writer.times(dy, y), base]), size);
  return writer.add('Sub', [own, writer.scale(writer.times(x, others), (2 * alpha * beta) / size)]);
});

/** Sums over a channel and its neighbours, `size` in all (the runtime takes odd ones only), by a convolution along the channels. */
function sumNeighbours(writer: GradientWriter, tensor: string, size: number): string {
  const half = BigInt((size - 1) / 2);
  const image = writer.add('Reshape', [
    tensor,
    writer.add('Concat', [writer.lengths(tensor, 0n, 2n), writer.integers([1n, -1n])], { axis: 0n }),
  ]);
  // [batch, 1, channels, places]
  const turned = writer.add('Transpose', [image], { perm: [0n, 2n, 1n, 3n] });
  const window = writer.add('Expand', [writer.number(1), writer.integers([1n, 1n, BigInt(size), 1n])]);
  const sums = writer.add('Conv', [turned, window], { pads: [half, 0n, half, 0n] });
  return writer.add('Reshape', [sums, writer.add('Shape', [tensor])]);
}
