import type { DifferentiatedNode } from '../differentiated-node.js';
import type { GradientWriter } from '../gradient-writer.js';
import type { Window } from './read-window.js';

/**
 * Adds up windows where they were taken from: a transposed convolution. Its end is not padded, since strides may leave a remainder; it is cut
 * or filled up to the lengths of the input instead.
 *
 * @param gradient [batch, channels, places...]
 * @param weights [channels, channels of the input / groups, kernel...]
 * @param x tensor of the forward pass whose lengths the last axes get
 */
export function putWindowsBack(
  node: DifferentiatedNode,
  writer: GradientWriter,
  { gradient, weights, window, groups, x }: { gradient: string; weights: string; window: Window; groups: number; x: string },
): string {
  const { kernel, strides, dilations, begins } = window;
  const whole = writer.add('ConvTranspose', [gradient, weights], {
    kernel_shape: kernel.map(BigInt),
    strides: strides.map(BigInt),
    dilations: dilations.map(BigInt),
    group: BigInt(groups),
    // Zeros before the axis are dropped; a kernel that would drop more than there is cannot be.
    pads: [...begins.map(BigInt), ...kernel.map(() => 0n)],
  });
  const axes = kernel.map((_, axis) => axis + 2);
  const missing = axes.map((axis, at) => {
    const [places, length] = [node.facts.length(node.output(0), axis), node.facts.length(x, axis)];
    if (places === null || length === null) return null;
    return length - ((places - 1) * (strides[at] ?? 1) + (dilations[at] ?? 1) * ((kernel[at] ?? 1) - 1) + 1 - (begins[at] ?? 0));
  });
  if (missing.every((count) => count === 0)) return whole;
  const lengths = writer.add(
    'Concat',
    axes.map((axis) => writer.lengthOf(x, axis)),
    { axis: 0n },
  );
  const starts = writer.integers(axes.map(() => 0n));
  const cut = missing.every((count) => count !== null && count >= 0)
    ? whole
    : writer.add('Slice', [whole, starts, lengths, writer.integers(axes.map(BigInt))]);
  if (missing.every((count) => count !== null && count <= 0)) return cut;
  const behind = missing.every((count) => count !== null)
    ? writer.integers(missing.map((count) => BigInt(Math.max(count, 0))))
    : writer.add('Sub', [lengths, writer.lengths(cut, 2n)]);
  const pads = writer.add('Concat', [writer.integers([0n, 0n, ...axes.map(() => 0n), 0n, 0n]), behind], { axis: 0n });
  return writer.add('Pad', [cut, pads], { mode: 'constant' });
}
