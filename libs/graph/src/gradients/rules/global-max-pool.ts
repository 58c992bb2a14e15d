import type { GradientRule } from '../gradient-rule.js';

/** The largest of all places: all to it, to the first where several are. */
export const globalMaxPool: GradientRule = {
  write: (node, writer) => {
    const x = node.input(0);
    const flat = (tensor: string) => writer.add('Reshape', [tensor, writer.integers([0n, 0n, -1n])]);
    const places = flat(x);
    const first = writer.add('ArgMax', [places], { axis: -1n, keepdims: 0n });
    const ones = writer.oneHot(first, writer.lengths(places, 2n), -1n);
    return [writer.add('Reshape', [writer.times(ones, flat(node.upstream())), writer.add('Shape', [x])])];
  },
};
