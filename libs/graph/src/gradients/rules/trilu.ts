import type { GradientRule } from '../gradient-rule.js';

/** A triangle: the same triangle. */
export const trilu: GradientRule = {
  write: (node, writer) => [
    writer.add('Trilu', node.has(1) ? [node.upstream(), node.input(1)] : [node.upstream()], { upper: BigInt(node.integer('upper', 1)) }),
  ],
};
