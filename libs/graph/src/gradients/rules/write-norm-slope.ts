import type { DifferentiatedNode } from '../differentiated-node.js';
import type { GradientWriter } from '../gradient-writer.js';

/**
 * The gradient of norms y = (Σ|x|ᵖ)^(1/p): sign(x) |x|ᵖ⁻¹ dy / yᵖ⁻¹, 0 where y is.
 *
 * @param putBack hands what stands in the shape of y on to the shape of x
 */
export function writeNormSlope(
  node: DifferentiatedNode,
  writer: GradientWriter,
  power: number,
  putBack: (share: string) => string,
): string {
  const [x, y, dy] = [node.input(0), node.output(0), node.upstream()];
  const raise = (tensor: string) => (power === 2 ? tensor : writer.add('Pow', [tensor, writer.number(power - 1)]));
  if (power === 1) return writer.times(writer.add('Sign', [x]), putBack(dy));
  const share = writer.keepWhere(writer.add('Greater', [y, writer.number(0)]), writer.add('Div', [dy, raise(y)]));
  const slope = power === 2 ? x : writer.times(writer.add('Sign', [x]), raise(writer.add('Abs', [x])));
  return writer.times(slope, putBack(share));
}
