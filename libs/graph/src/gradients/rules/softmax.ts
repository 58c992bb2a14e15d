import { findZeroed } from './find-zeroed.js';
import { softmaxAxes } from './softmax-axes.js';
import { writeUnary } from './write-unary.js';

/** y (dy - Σ dy y) over the axis; before version 13 over all axes from it on. */
export const softmax = writeUnary(({ y, dy }, writer, node) => {
  const probabilities = findZeroed(node, y) ?? y;
  const product = writer.times(dy, probabilities);
  return writer.add('Sub', [product, writer.times(probabilities, writer.sumOver(product, softmaxAxes(node), true))]);
});
