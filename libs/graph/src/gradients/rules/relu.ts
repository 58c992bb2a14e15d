import { writeUnary } from './write-unary.js';

/** max(x, 0): 1 above 0, 0 at and below it. */
export const relu = writeUnary(({ y, dy }, writer) => writer.keepWhere(writer.add('Greater', [y, writer.number(0)]), dy));
