import { writeUnary } from './write-unary.js';

/** cos x: -sin x. */
export const cos = writeUnary(({ x, dy }, writer) => writer.negate(writer.times(dy, writer.add('Sin', [x]))));
