import { spread } from './reduced-axes.js';
import type { GradientRule } from '../gradient-rule.js';

/** √Σx²: x / √Σx². */
export const reduceL2: GradientRule = {
  write: (node, writer) => {
    const ratio = writer.add('Div', [spread(node, writer, node.upstream()), spread(node, writer, node.output(0))]);
    return [writer.times(node.input(0), ratio)];
  },
};
