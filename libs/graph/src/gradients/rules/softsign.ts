import { writeUnary } from './write-unary.js';

/** x / (1 + |x|): 1 / (1 + |x|)². */
export const softsign = writeUnary(({ x, dy }, writer) => {
  const size = writer.add('Add', [writer.add('Abs', [x]), writer.number(1)]);
  return writer.add('Div', [dy, writer.times(size, size)]);
});
