import { reducedAxes, refuseAxes, spread } from './reduced-axes.js';
import type { GradientRule } from '../gradient-rule.js';

/** ReduceMax and ReduceMin: all to the number that is it, in equal shares where several are. */
export const reduceExtreme: GradientRule = {
  refuse: refuseAxes,
  write: (node, writer) => {
    const [x, axes] = [node.input(0), reducedAxes(node)];
    const reached = writer.indicate(writer.add('Equal', [x, spread(node, writer, node.output(0))]));
    const share = writer.add('Div', [spread(node, writer, node.upstream()), writer.sumOver(reached, axes, true)]);
    return [writer.times(reached, share)];
  },
};
