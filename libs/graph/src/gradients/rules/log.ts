import { writeUnary } from './write-unary.js';

/** ln x: 1 / x. */
export const log = writeUnary(({ x, dy }, writer) => writer.add('Div', [dy, x]));
