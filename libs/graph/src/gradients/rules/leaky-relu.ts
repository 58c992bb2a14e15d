import { writeUnary } from './write-unary.js';

/** αx below 0: α at and below 0, 1 above. */
export const leakyRelu = writeUnary(({ x, dy }, writer, node) =>
  writer.add('Where', [writer.add('Greater', [x, writer.number(0)]), dy, writer.scale(dy, node.float('alpha', 0.01))]),
);
