import type { GradientRule } from '../gradient-rule.js';

/** a + b: 1 and 1. */
export const add: GradientRule = {
  write: (node, writer) => [0, 1].map((at) => (node.wants(at) ? writer.unbroadcast(node.upstream(), node.output(0), node.input(at)) : '')),
};
