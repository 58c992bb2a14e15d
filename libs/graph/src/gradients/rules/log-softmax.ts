import { softmaxAxes } from './softmax-axes.js';
import { writeUnary } from './write-unary.js';

/** dy - exp(y) Σ dy over the axis; before version 13 over all axes from it on. */
export const logSoftmax = writeUnary(({ y, dy }, writer, node) =>
  writer.add('Sub', [dy, writer.times(writer.add('Exp', [y]), writer.sumOver(dy, softmaxAxes(node), true))]),
);
