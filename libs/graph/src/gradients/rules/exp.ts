import { writeUnary } from './write-unary.js';

/** eˣ: itself. */
export const exp = writeUnary(({ y, dy }, writer) => writer.times(dy, y));
