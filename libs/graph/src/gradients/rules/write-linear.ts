import type { DifferentiatedNode } from '../differentiated-node.js';
import type { GradientWriter } from '../gradient-writer.js';

/**
 * The gradient of the input of x Wᵀ + b, whose coefficients W are an attribute: ds W. A list of numbers is one row.
 *
 * @param slopes of what comes out, [rows, sets], in the writer's type
 * @param sets of coefficients, one behind the other
 */
export function writeLinear(node: DifferentiatedNode, writer: GradientWriter, slopes: string, sets: number): string {
  const coefficients = node.floats('coefficients');
  const columns = coefficients.length / sets;
  const matrix = writer.convert(writer.floats(coefficients, [sets, columns]), 'float32');
  const rows = writer.add('MatMul', [slopes, matrix]);
  return node.rank(0) === 1 ? writer.add('Reshape', [rows, writer.integers([BigInt(columns)])]) : rows;
}
