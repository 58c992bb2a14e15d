import { writeUnary } from './write-unary.js';

/** x s with s = σ(αx): s + αx s (1 - s). */
export const swish = writeUnary(({ x, dy }, writer, node) => {
  const scaled = writer.scale(x, node.float('alpha', 1));
  const s = writer.add('Sigmoid', [scaled]);
  const steep = writer.times(scaled, writer.times(s, writer.add('Sub', [writer.number(1), s])));
  return writer.times(dy, writer.add('Add', [s, steep]));
});
