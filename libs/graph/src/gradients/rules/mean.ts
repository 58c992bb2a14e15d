import type { GradientRule } from '../gradient-rule.js';

/** The mean of several: one share for each. */
export const mean: GradientRule = {
  write: (node, writer) => {
    const share = writer.scale(node.upstream(), 1 / node.node.inputs.length);
    return node.node.inputs.map((input, at) => (node.wants(at) ? writer.unbroadcast(share, node.output(0), input) : ''));
  },
};
