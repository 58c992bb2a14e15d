import { refuseAxes, spread } from './reduced-axes.js';
import type { GradientRule } from '../gradient-rule.js';

/** The sum over axes: 1 for each number. */
export const reduceSum: GradientRule = {
  refuse: refuseAxes,
  write: (node, writer) => [writer.expandTo(spread(node, writer, node.upstream()), node.input(0))],
};
