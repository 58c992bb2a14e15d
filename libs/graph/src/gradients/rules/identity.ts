import { writeUnary } from './write-unary.js';

/** What hands its input on. */
export const identity = writeUnary(({ dy }) => dy);
