import { writeUnary } from './write-unary.js';

/** x above α, else 0: 1 above it. */
export const thresholdedRelu = writeUnary(({ x, dy }, writer, node) =>
  writer.keepWhere(writer.add('Greater', [x, writer.number(node.float('alpha', 1))]), dy),
);
