import { writeUnary } from './write-unary.js';

/** sin x: cos x. */
export const sin = writeUnary(({ x, dy }, writer) => writer.times(dy, writer.add('Cos', [x])));
