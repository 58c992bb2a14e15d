import { writeUnary } from './write-unary.js';

/** The inverse permutation. */
export const transpose = writeUnary(({ dy }, writer, node) => {
  const rank = node.rank(0);
  const order = node.integers('perm') ?? Array.from({ length: rank }, (_, axis) => rank - 1 - axis);
  return writer.add('Transpose', [dy], { perm: order.map((_, axis) => BigInt(order.indexOf(axis))) });
});
