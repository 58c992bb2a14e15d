import { writeUnary } from './write-unary.js';

/** |x|: sign(x), 0 at 0. */
export const abs = writeUnary(({ x, dy }, writer) => writer.times(dy, writer.add('Sign', [x])));
