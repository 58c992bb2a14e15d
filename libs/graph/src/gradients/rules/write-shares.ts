import type { DifferentiatedNode } from '../differentiated-node.js';
import type { GradientWriter } from '../gradient-writer.js';
import type { Window } from './read-window.js';

/** Attributes of an average that a pool of ones repeats. */
const kept = ['auto_pad', 'ceil_mode', 'count_include_pad', 'dilations', 'kernel_shape', 'pads', 'strides'];

/**
 * 1 / divisor of each window of an average [1, 1, places...]: what the pool makes of ones, by the number of ones that each window holds. The
 * runtime itself says how it counts at the edges.
 */
export function writeShares(
  node: DifferentiatedNode,
  writer: GradientWriter,
  { kernel, strides, dilations, begins, ends }: Window,
): string {
  const [x, y] = [node.input(0), node.output(0)];
  const axes = kernel.map((_, axis) => axis + 2);
  const lengths = (tensor: string) =>
    writer.add(
      'Concat',
      axes.map((axis) => writer.lengthOf(tensor, axis)),
      { axis: 0n },
    );
  const shape = writer.add('Concat', [writer.integers([1n, 1n]), lengths(x)], { axis: 0n });
  const ones = writer.add('Expand', [writer.number(1), shape]);
  const attributes = kept.flatMap((name) => {
    const attribute = node.node.attributes.get(name);
    const plain = attribute?.kind === 'int' || attribute?.kind === 'ints' || attribute?.kind === 'string';
    return plain ? [[name, attribute.value] as const] : [];
  });
  const means = writer.add('AveragePool', [ones], Object.fromEntries(attributes));
  const windows = writer.add('Expand', [writer.number(1), writer.integers([1n, 1n, ...kernel.map(BigInt)])]);
  // One stride more than there may be windows, for ceil_mode; what is too many is cut.
  const counts = writer.add('Conv', [ones, windows], {
    kernel_shape: kernel.map(BigInt),
    strides: strides.map(BigInt),
    dilations: dilations.map(BigInt),
    pads: [...begins, ...ends.map((end, axis) => end + (strides[axis] ?? 1))].map(BigInt),
  });
  const cut = writer.add('Slice', [counts, writer.integers(axes.map(() => 0n)), lengths(y), writer.integers(axes.map(BigInt))]);
  return writer.add('Div', [means, cut]);
}
