import { softmaxAxes } from './softmax-axes.js';
import { writeUnary } from './write-unary.js';

/** y (dy - Σ dy y) over the axis; before version 13 over all axes from it on. */
export const softmax = writeUnary(({ y, dy }, writer, node) => {
  const product = writer.times(dy, y);
  return writer.add('Sub', [product, writer.times(y, writer.sumOver(product, softmaxAxes(node), true))]);
});
