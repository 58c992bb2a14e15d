import { writeUnary } from './write-unary.js';

/** tanh x: 1 - tanh² x. */
export const tanh = writeUnary(({ y, dy }, writer) => writer.times(dy, writer.add('Sub', [writer.number(1), writer.times(y, y)])));
