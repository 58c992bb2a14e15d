import { writeUnary } from './write-unary.js';

/** arctan x: 1 / (1 + x²). */
export const atan = writeUnary(({ x, dy }, writer) => writer.add('Div', [dy, writer.add('Add', [writer.times(x, x), writer.number(1)])]));
