import { refuseAxes, spread } from './reduced-axes.js';
import type { GradientRule } from '../gradient-rule.js';

/** Σx²: 2x. */
export const reduceSumSquare: GradientRule = {
  refuse: refuseAxes,
  write: (node, writer) => [writer.times(writer.scale(node.input(0), 2), spread(node, writer, node.upstream()))],
};
