import { writeUnary } from './write-unary.js';

const factor = 2 / Math.sqrt(Math.PI);

/** erf x: 2 / √π · exp(-x²). The factor is a summand of the exponent, which has to be negated anyway. */
export const erf = writeUnary(({ x, dy }, writer) =>
  writer.times(dy, writer.add('Exp', [writer.add('Sub', [writer.number(Math.log(factor)), writer.times(x, x)])])),
);
