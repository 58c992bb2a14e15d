import { writeUnary } from './write-unary.js';

/** αx + β between 0 and 1: α there, 0 at both and outside. */
export const hardSigmoid = writeUnary(({ y, dy }, writer, node) => {
  const above = writer.keepWhere(writer.add('Greater', [y, writer.number(0)]), writer.scale(dy, node.float('alpha', 0.2)));
  return writer.keepWhere(writer.add('Less', [y, writer.number(1)]), above);
});
