import { refuseAxes, spread } from './reduced-axes.js';
import type { GradientRule } from '../gradient-rule.js';

/** Σ|x|: sign(x). */
export const reduceL1: GradientRule = {
  refuse: refuseAxes,
  write: (node, writer) => [writer.times(writer.add('Sign', [node.input(0)]), spread(node, writer, node.upstream()))],
};
