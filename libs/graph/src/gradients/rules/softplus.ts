import { writeUnary } from './write-unary.js';

/** ln(1 + eˣ): σ(x). */
export const softplus = writeUnary(({ x, dy }, writer) => writer.times(dy, writer.add('Sigmoid', [x])));
