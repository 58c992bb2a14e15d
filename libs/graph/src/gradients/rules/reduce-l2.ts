import { refuseAxes, spread } from './reduced-axes.js';
import type { GradientRule } from '../gradient-rule.js';

/** √Σx²: x / √Σx², 0 where all are 0. */
export const reduceL2: GradientRule = {
  refuse: refuseAxes,
  write: (node, writer) => {
    const norm = spread(node, writer, node.output(0));
    const ratio = writer.add('Div', [spread(node, writer, node.upstream()), norm]);
    return [writer.times(node.input(0), writer.keepWhere(writer.add('Greater', [norm, writer.number(0)]), ratio))];
  },
};
