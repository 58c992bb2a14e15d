import { writeUnary } from './write-unary.js';

/** cosh x: sinh x. */
export const cosh = writeUnary(({ x, dy }, writer) => writer.times(dy, writer.add('Sinh', [x])));
