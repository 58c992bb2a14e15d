import { writeUnary } from './write-unary.js';

/** γx above 0 and γα (eˣ - 1) below: γ and γα eˣ. */
export const selu = writeUnary(({ x, dy }, writer, node) => {
  const [alpha, gamma] = [node.float('alpha', 1.6732632423543772), node.float('gamma', 1.0507009873554805)];
  const scaled = writer.scale(dy, gamma);
  const below = writer.scale(writer.times(scaled, writer.add('Exp', [x])), alpha);
  return writer.add('Where', [writer.add('Greater', [x, writer.number(0)]), scaled, below]);
});
