import { writeUnary } from './write-unary.js';

/** α (eˣ - 1) below 0: α eˣ at and below 0, 1 above. */
export const elu = writeUnary(({ x, dy }, writer, node) => {
  const below = writer.scale(writer.times(dy, writer.add('Exp', [x])), node.float('alpha', 1));
  return writer.add('Where', [writer.add('Greater', [x, writer.number(0)]), dy, below]);
});
