import { writeUnary } from './write-unary.js';

/** arcsin x: 1 / √(1 - x²). */
export const asin = writeUnary(({ x, dy }, writer) =>
  writer.add('Div', [dy, writer.add('Sqrt', [writer.add('Sub', [writer.number(1), writer.times(x, x)])])]),
);
