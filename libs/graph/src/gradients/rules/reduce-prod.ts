import { reducedAxes, refuseAxes, spread } from './reduced-axes.js';
import type { GradientRule } from '../gradient-rule.js';

/**
 * Πx: dy times the product of the others. With p the product of what is not 0 it is dy p / x where nothing is 0, dy p at the only 0, and 0 where
 * another one is 0.
 */
export const reduceProd: GradientRule = {
  refuse: refuseAxes,
  write: (node, writer) => {
    const [x, axes] = [node.input(0), reducedAxes(node)];
    const isZero = writer.add('Equal', [x, writer.number(0)]);
    const zeros = writer.indicate(isZero);
    const filled = writer.add('Where', [isZero, writer.number(1), x]);
    const others = writer.add('Sub', [writer.sumOver(zeros, axes, true), zeros]);
    const product = writer.add('Div', [writer.times(spread(node, writer, node.upstream()), writer.productOver(filled, axes)), filled]);
    return [writer.keepWhere(writer.add('Equal', [others, writer.number(0)]), product)];
  },
};
