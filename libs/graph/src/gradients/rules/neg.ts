import { writeUnary } from './write-unary.js';

/** -x: -1. */
export const neg = writeUnary(({ dy }, writer) => writer.negate(dy));
