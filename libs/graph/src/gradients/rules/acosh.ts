import { writeUnary } from './write-unary.js';

/** arcosh x: 1 / √(x² - 1). */
export const acosh = writeUnary(({ x, dy }, writer) =>
  writer.add('Div', [dy, writer.add('Sqrt', [writer.add('Sub', [writer.times(x, x), writer.number(1)])])]),
);
