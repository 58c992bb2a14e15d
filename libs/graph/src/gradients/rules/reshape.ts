import { writeUnary } from './write-unary.js';

/** Reshape, Flatten, Squeeze, Unsqueeze: back to the shape of the input. */
export const reshape = writeUnary(({ x, y, dy }, writer) => writer.reshape(dy, y, x));
