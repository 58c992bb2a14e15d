import type { NodeWriter } from '../edit/node-writer.js';

/**
 * x / 2 * (1 + erf(x / sqrt 2)).
 *
 * @param output name of what is written; a fresh one where it is left out
 */
export function writeGelu(writer: NodeWriter, x: string, output?: string): string {
  const erf = writer.add('Erf', [writer.add('Mul', [x, writer.number(Math.SQRT1_2)])]);
  const half = writer.add('Mul', [x, writer.number(0.5)]);
  return writer.add('Mul', [half, writer.add('Add', [erf, writer.number(1)])], {}, output);
}

/** x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3))). */
export function writeTanhGelu(writer: NodeWriter, x: string, output?: string): string {
  const root = Math.sqrt(2 / Math.PI);
  const square = writer.add('Mul', [writer.add('Mul', [x, x]), writer.number(0.044715 * root)]);
  const inner = writer.add('Mul', [x, writer.add('Add', [square, writer.number(root)])]);
  const half = writer.add('Mul', [x, writer.number(0.5)]);
  return writer.add('Mul', [half, writer.add('Add', [writer.add('Tanh', [inner]), writer.number(1)])], {}, output);
}
