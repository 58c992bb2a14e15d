import type { GradientRule } from '../gradient-rule.js';

/** x above 0 and slope · x below: 1 and the slope, which gets x below 0. At 0 the slope, as PyTorch has it. */
export const pRelu: GradientRule = {
  write: (node, writer) => {
    const [x, slope, dy] = [node.input(0), node.input(1), node.upstream()];
    const above = writer.add('Greater', [x, writer.number(0)]);
    return [
      node.wants(0) ? writer.add('Where', [above, dy, writer.times(dy, slope)]) : '',
      node.wants(1) ? writer.unbroadcast(writer.dropWhere(above, writer.times(dy, x)), node.output(0), slope) : '',
    ];
  },
};
