import { writeUnary } from './write-unary.js';

/** arsinh x: 1 / √(x² + 1). */
export const asinh = writeUnary(({ x, dy }, writer) =>
  writer.add('Div', [dy, writer.add('Sqrt', [writer.add('Add', [writer.times(x, x), writer.number(1)])])]),
);
