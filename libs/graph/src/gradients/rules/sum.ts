import type { GradientRule } from '../gradient-rule.js';

/** The sum of several: 1 for each. */
export const sum: GradientRule = {
  write: (node, writer) =>
    node.node.inputs.map((input, at) => (node.wants(at) ? writer.unbroadcast(node.upstream(), node.output(0), input) : '')),
};
