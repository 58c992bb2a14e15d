import { refuseAxes, spread } from './reduced-axes.js';
import type { GradientRule } from '../gradient-rule.js';

/** ln Σeˣ: the softmax. */
export const reduceLogSumExp: GradientRule = {
  refuse: refuseAxes,
  write: (node, writer) => {
    const share = writer.add('Exp', [writer.add('Sub', [node.input(0), spread(node, writer, node.output(0))])]);
    return [writer.times(share, spread(node, writer, node.upstream()))];
  },
};
