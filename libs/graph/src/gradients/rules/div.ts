import type { GradientRule } from '../gradient-rule.js';

/** a / b: 1 / b and -a / b². */
export const div: GradientRule = {
  write: (node, writer) => {
    const quotient = writer.add('Div', [node.upstream(), node.input(1)]);
    const own = (gradient: string, at: number) => writer.unbroadcast(gradient, node.output(0), node.input(at));
    return [node.wants(0) ? own(quotient, 0) : '', node.wants(1) ? writer.negate(own(writer.times(quotient, node.output(0)), 1)) : ''];
  },
};
