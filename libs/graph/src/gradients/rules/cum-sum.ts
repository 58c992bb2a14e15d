import type { GradientRule } from '../gradient-rule.js';

/** A running sum: the running sum from the other end. */
export const cumSum: GradientRule = {
  write: (node, writer) => [
    writer.add('CumSum', [node.upstream(), node.input(1)], {
      exclusive: BigInt(node.integer('exclusive', 0)),
      reverse: node.integer('reverse', 0) === 1 ? 0n : 1n,
    }),
  ],
};
