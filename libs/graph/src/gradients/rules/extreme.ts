import type { GradientRule } from '../gradient-rule.js';

/** Max and Min of several: all to the one that is it, in equal shares where several are. */
export const extreme: GradientRule = {
  write: (node, writer) => {
    const y = node.output(0);
    const reached = node.node.inputs.map((input) => writer.indicate(writer.add('Equal', [input, y])));
    const [first = '', ...others] = reached;
    const ties = others.reduce((count, one) => writer.add('Add', [count, one]), first);
    const share = writer.add('Div', [node.upstream(), ties]);
    return node.node.inputs.map((input, at) =>
      node.wants(at) ? writer.unbroadcast(writer.times(share, reached[at] ?? ''), y, input) : '',
    );
  },
};
