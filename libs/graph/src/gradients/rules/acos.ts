import { writeUnary } from './write-unary.js';

/** arccos x: -1 / √(1 - x²). */
export const acos = writeUnary(({ x, dy }, writer) =>
  writer.negate(writer.add('Div', [dy, writer.add('Sqrt', [writer.add('Sub', [writer.number(1), writer.times(x, x)])])])),
);
