import { writeUnary } from './write-unary.js';

/** x t with t = tanh(ln(1 + eˣ)): t + x σ(x) (1 - t²). */
export const mish = writeUnary(({ x, dy }, writer) => {
  const t = writer.add('Tanh', [writer.add('Softplus', [x])]);
  const slope = writer.add('Sub', [writer.number(1), writer.times(t, t)]);
  const steep = writer.times(writer.times(x, writer.add('Sigmoid', [x])), slope);
  return writer.times(dy, writer.add('Add', [t, steep]));
});
