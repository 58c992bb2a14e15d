import { writeUnary } from './write-unary.js';

/** sinh x: cosh x. */
export const sinh = writeUnary(({ x, dy }, writer) => writer.times(dy, writer.add('Cosh', [x])));
