import { writeUnary } from './write-unary.js';

/** erf x: 2 / √π · exp(-x²). */
export const erf = writeUnary(({ x, dy }, writer) => {
  const bell = writer.add('Exp', [writer.negate(writer.times(x, x))]);
  return writer.times(dy, writer.scale(bell, 2 / Math.sqrt(Math.PI)));
});
