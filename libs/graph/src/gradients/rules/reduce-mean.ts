import { reducedAxes, refuseAxes, spread } from './reduced-axes.js';
import type { GradientRule } from '../gradient-rule.js';

/** The mean over axes: one share for each number. */
export const reduceMean: GradientRule = {
  refuse: refuseAxes,
  write: (node, writer) => {
    const wide = spread(node, writer, node.upstream());
    const x = node.input(0);
    const counts = reducedAxes(node).map((axis) => node.facts.length(x, axis));
    const known = counts.flatMap((count) => count ?? []);
    const share = 1 / known.reduce((product, count) => product * count, 1);
    if (known.length === counts.length) return [writer.expandTo(writer.scale(wide, share), x)];
    // Divided as integers: float16 has no room for sizes.
    const numbers = writer.add('Div', [writer.add('Size', [x]), writer.add('Size', [node.output(0)])]);
    return [writer.expandTo(writer.add('Div', [wide, writer.toFloat(numbers)]), x)];
  },
};
