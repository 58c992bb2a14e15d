import { writeUnary } from './write-unary.js';

/** Copies side by side: their sum. */
export const tile = writeUnary(({ x, dy }, writer, node) => {
  const axes = Array.from({ length: node.rank(0) }, (_, axis) => axis);
  const repeats = (axis: number) => writer.slice(node.input(1), writer.integers([BigInt(axis)]), writer.integers([BigInt(axis + 1)]), 0n);
  const shape = writer.add(
    'Concat',
    axes.flatMap((axis) => [repeats(axis), writer.lengthOf(x, axis)]),
    { axis: 0n },
  );
  return writer.sumOver(
    writer.add('Reshape', [dy, shape]),
    axes.map((axis) => 2 * axis),
    false,
  );
});
