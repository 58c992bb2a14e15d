import type { GradientRule } from '../gradient-rule.js';

/** Picks along an axis: back to their places, added where one was picked twice. */
export const gather: GradientRule = {
  write: (node, writer) => {
    const [x, places, dy] = [node.input(0), node.input(1), node.upstream()];
    const axis = node.axis('axis', 0);
    const [rank, picks] = [node.rank(0), node.rank(1)];
    const length = writer.lengthOf(x, axis);
    const flat = picks === 1 ? places : writer.add('Reshape', [places, writer.integers([-1n])]);
    if (picks === 1) return [writer.putBack(dy, flat, axis, rank, length)];
    if (picks === 0) {
      const picked = writer.oneHot(flat, length, 0n);
      const shape = Array.from({ length: rank }, (_, at) => (at === axis ? -1n : 1n));
      return [writer.times(writer.unsqueeze(dy, [BigInt(axis)]), writer.add('Reshape', [picked, writer.integers(shape)]))];
    }
    // The axes of the picks become one.
    const shape = [writer.lengths(x, 0n, BigInt(axis)), writer.integers([-1n]), writer.lengths(x, BigInt(axis + 1))];
    const joined = writer.add('Reshape', [dy, writer.add('Concat', shape, { axis: 0n })]);
    return [writer.putBack(joined, flat, axis, rank, length)];
  },
};
