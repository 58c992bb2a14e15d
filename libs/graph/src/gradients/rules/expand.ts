import { writeUnary } from './write-unary.js';

/** Repetition: the sum over what was repeated. */
export const expand = writeUnary(({ x, y, dy }, writer) => writer.unbroadcast(dy, y, x));
