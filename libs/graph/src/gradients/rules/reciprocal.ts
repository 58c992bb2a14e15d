import { writeUnary } from './write-unary.js';

/** 1 / x: -1 / x². */
export const reciprocal = writeUnary(({ y, dy }, writer) => writer.negate(writer.times(dy, writer.times(y, y))));
