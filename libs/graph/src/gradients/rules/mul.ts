import type { GradientRule } from '../gradient-rule.js';

/** a · b: b and a. */
export const mul: GradientRule = {
  write: (node, writer) =>
    [0, 1].map((at) =>
      node.wants(at) ? writer.unbroadcast(writer.times(node.upstream(), node.input(1 - at)), node.output(0), node.input(at)) : '',
    ),
};
