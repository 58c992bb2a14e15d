import { writeUnary } from './write-unary.js';

/** √x: 1 / (2 √x). */
export const sqrt = writeUnary(({ y, dy }, writer) => writer.add('Div', [writer.scale(dy, 0.5), y]));
