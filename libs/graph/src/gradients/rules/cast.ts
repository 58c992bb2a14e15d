import { writeUnary } from './write-unary.js';

/** A change of type among floating-point numbers: back to the type of the input. */
export const cast = writeUnary(({ dy }, writer) => writer.toFloat(dy));
