import { writeUnary } from './write-unary.js';

/** σ(x): σ (1 - σ). */
export const sigmoid = writeUnary(({ y, dy }, writer) => writer.times(dy, writer.times(y, writer.add('Sub', [writer.number(1), y]))));
