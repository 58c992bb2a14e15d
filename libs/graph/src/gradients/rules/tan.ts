import { writeUnary } from './write-unary.js';

/** tan x: 1 + tan² x. */
export const tan = writeUnary(({ y, dy }, writer) => writer.times(dy, writer.add('Add', [writer.times(y, y), writer.number(1)])));
