import type { GradientRule } from '../gradient-rule.js';

/** The mean over all places: one share for each. */
export const globalAveragePool: GradientRule = {
  write: (node, writer) => {
    const x = node.input(0);
    // Divided as integers: float16 has no room for sizes.
    const count = writer.toFloat(writer.add('Div', [writer.add('Size', [x]), writer.add('Size', [node.output(0)])]));
    return [writer.expandTo(writer.add('Div', [node.upstream(), count]), x)];
  },
};
