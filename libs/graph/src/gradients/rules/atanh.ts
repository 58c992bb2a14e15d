import { writeUnary } from './write-unary.js';

/** artanh x: 1 / (1 - x²). */
export const atanh = writeUnary(({ x, dy }, writer) => writer.add('Div', [dy, writer.add('Sub', [writer.number(1), writer.times(x, x)])]));
