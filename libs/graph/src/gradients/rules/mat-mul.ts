import type { DifferentiatedNode } from '../differentiated-node.js';
import type { GradientRule } from '../gradient-rule.js';
import type { GradientWriter } from '../gradient-writer.js';
import { sumBatch } from './sum-batch.js';

/** A B: dY Bᵀ and Aᵀ dY, summed over the axes of the batch that were repeated. */
export const matMul: GradientRule = {
  write: (node, writer) => {
    const [a, b, y, dy] = [node.input(0), node.input(1), node.output(0), node.upstream()];
    const [left, right] = [node.rank(0), node.rank(1)];
    // A vector is a matrix of one row or column; the product then lacks that axis.
    if (left === 1 || right === 1) return writeVectors(node, writer);
    return [
      node.wants(0) ? sumBatch(writer, writer.add('MatMul', [dy, writer.transposeLast(b)]), y, a) : '',
      node.wants(1)
        ? right === 2 && left > 2
          ? writeFlat()
          : sumBatch(writer, writer.add('MatMul', [writer.transposeLast(a), dy]), y, b)
        : '',
    ];

    /** One product over all rows of the batch. */
    function writeFlat(): string {
      const rows = (tensor: string, width: string) =>
        writer.add('Reshape', [tensor, writer.add('Concat', [writer.integers([-1n]), width], { axis: 0n })]);
      const [width, height] = [writer.lengthOf(b, 1), writer.lengthOf(b, 0)];
      return writer.add('MatMul', [writer.add('Transpose', [rows(a, height)], { perm: [1n, 0n] }), rows(dy, width)]);
    }
  },
};

function writeVectors(node: DifferentiatedNode, writer: GradientWriter): readonly string[] {
  const [a, b, dy] = [node.input(0), node.input(1), node.upstream()];
  const [left, right] = [node.rank(0), node.rank(1)];
  if (left === 1 && right === 1) return [node.wants(0) ? writer.times(dy, b) : '', node.wants(1) ? writer.times(dy, a) : ''];
  const batch = (count: number) => Array.from({ length: count }, (_, axis) => axis);
  if (right === 1) {
    const column = writer.unsqueeze(dy, [-1n]);
    const rows = batch(left - 1);
    return [node.wants(0) ? writer.times(column, b) : '', node.wants(1) ? writer.sumOver(writer.times(column, a), rows, false) : ''];
  }
  // [..., 1, n] x [..., k, n] and [k, 1] x [..., 1, n].
  const row = writer.unsqueeze(dy, [-2n]);
  const others = batch(right - 2);
  const whole = writer.times(b, row);
  return [
    node.wants(0) ? writer.sumOver(whole, [...others, right - 1], false) : '',
    node.wants(1) ? writer.times(writer.unsqueeze(a, [-1n]), row) : '',
  ];
}
