import { writeUnary } from './write-unary.js';

/** x · (x / 6 + 1/2 between 0 and 1): x / 3 + 1/2 between -3 and 3, 0 below, 1 above. */
export const hardSwish = writeUnary(({ x, dy }, writer) => {
  const slope = writer.add('Add', [writer.scale(x, 1 / 3), writer.number(0.5)]);
  const above = writer.keepWhere(writer.add('Greater', [x, writer.number(-3)]), writer.times(dy, slope));
  return writer.add('Where', [writer.add('Less', [x, writer.number(3)]), above, dy]);
});
