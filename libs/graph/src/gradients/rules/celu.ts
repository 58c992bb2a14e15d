import { writeUnary } from './write-unary.js';

/** α (exp(x / α) - 1) below 0: exp(x / α) at and below 0, 1 above. */
export const celu = writeUnary(({ x, dy }, writer, node) => {
  const below = writer.times(dy, writer.add('Exp', [writer.scale(x, 1 / node.float('alpha', 1))]));
  return writer.add('Where', [writer.add('Greater', [x, writer.number(0)]), dy, below]);
});
