import type { GradientRule } from '../gradient-rule.js';

/** a - b: 1 and -1. */
export const sub: GradientRule = {
  write: (node, writer) => {
    const own = (at: number) => writer.unbroadcast(node.upstream(), node.output(0), node.input(at));
    return [node.wants(0) ? own(0) : '', node.wants(1) ? writer.negate(own(1)) : ''];
  },
};
