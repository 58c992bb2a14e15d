import type { DifferentiatedNode } from '../differentiated-node.js';
import type { GradientRule } from '../gradient-rule.js';
import type { GradientWriter } from '../gradient-writer.js';
import { sumBatch } from '../rules/sum-batch.js';

/** (A - a)(B - b) of whole numbers and zero points: dY (B - b)ᵀ and (A - a)ᵀ dY, in floating point. */
export const matMulInteger: GradientRule = {
  refuse: (node) => (node.rank(0) < 2 || node.rank(1) < 2 ? 'multiplies a vector, which has no straight-through gradient here' : null),
  write: (node, writer) => {
    const [a, b, y, dy] = [node.input(0), node.input(1), node.output(0), node.upstream()];
    return [
      node.wants(0) ? sumBatch(writer, writer.add('MatMul', [dy, turn(node, writer, 1)]), y, a) : '',
      node.wants(1) ? sumBatch(writer, writer.add('MatMul', [turn(node, writer, 0), dy]), y, b) : '',
    ];
  },
};

/** A factor less its zero point, its last two axes swapped. */
function turn(node: DifferentiatedNode, writer: GradientWriter, at: 0 | 1): string {
  const numbers = writer.toFloat(writer.transposeLast(node.input(at)));
  if (!node.has(at + 2)) return numbers;
  const [zero, rank] = [node.input(at + 2), node.rank(at + 2)];
  if (rank > 1) return writer.add('Sub', [numbers, writer.toFloat(writer.transposeLast(zero))]);
  const own = writer.toFloat(zero);
  // One for each row of A, or each column of B: the other way round here.
  return writer.add('Sub', [numbers, at === 1 && rank === 1 ? writer.unsqueeze(own, [1n]) : own]);
}
