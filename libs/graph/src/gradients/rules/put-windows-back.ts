import type { DifferentiatedNode } from '../differentiated-node.js';
import type { GradientWriter } from '../gradient-writer.js';
import type { Window } from './read-window.js';

/**
 * Adds up windows where they were taken from: a transposed convolution. Strides may leave a remainder: where lengths vary, its end is not padded
 * but cut or filled up to the lengths of the input.
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
  if (movesByOne(window) && groups === 1) return convolveBack(writer, gradient, weights, window);
  const { kernel, strides, dilations, begins } = window;
  const axes = kernel.map((_, axis) => axis + 2);
  const missing = axes.map((axis, at) => {
    const [places, length] = [node.facts.length(node.output(0), axis), node.facts.length(x, axis)];
    if (places === null || length === null) return null;
    return length - ((places - 1) * (strides[at] ?? 1) + (dilations[at] ?? 1) * ((kernel[at] ?? 1) - 1) + 1 - (begins[at] ?? 0));
  });
  const known = missing.flatMap((count) => count ?? []);
  const isKnown = known.length === kernel.length;
  // A remainder that is shorter than a stride is the runtime's own to fill.
  const filled = known.map((count, at) => (count > 0 && count < (strides[at] ?? 1) ? count : 0));
  const dropped = known.map((count) => Math.max(-count, 0));
  const whole = writer.add('ConvTranspose', [gradient, weights], {
    kernel_shape: kernel.map(BigInt),
    strides: strides.map(BigInt),
    dilations: dilations.map(BigInt),
    group: BigInt(groups),
    // Zeros before the axis are dropped; a kernel that would drop more than there is cannot be.
    pads: [...begins, ...(isKnown ? dropped : kernel.map(() => 0))].map(BigInt),
    ...(filled.some((count) => count > 0) ? { output_padding: filled.map(BigInt) } : {}),
  });
  const rest = isKnown ? known.map((count, at) => Math.max(count, 0) - (filled[at] ?? 0)) : null;
  if (rest?.every((count) => count === 0) === true) return whole;
  const [cut, behind] = rest === null ? cutTo(whole) : [whole, writer.integers(rest.map(BigInt))];
  const pads = writer.add('Concat', [writer.integers([0n, 0n, ...axes.map(() => 0n), 0n, 0n]), behind], { axis: 0n });
  return writer.add('Pad', [cut, pads], { mode: 'constant' });

  /** No longer than the input, and how much is missing to it. */
  function cutTo(sum: string): readonly [string, string] {
    const lengths = writer.add(
      'Concat',
      axes.map((axis) => writer.lengthOf(x, axis)),
      { axis: 0n },
    );
    const part = writer.add('Slice', [sum, writer.integers(axes.map(() => 0n)), lengths, writer.integers(axes.map(BigInt))]);
    return [part, writer.add('Sub', [lengths, writer.lengths(part, 2n)])];
  }
}

function movesByOne({ kernel, strides, dilations, begins, ends }: Window): boolean {
  const fits = (pad: number, at: number) => pad >= 0 && pad <= (dilations[at] ?? 1) * ((kernel[at] ?? 1) - 1);
  return strides.every((stride) => stride === 1) && begins.every(fits) && ends.every(fits);
}

/** Where windows move by one place, a convolution with the weights turned around: the runtime is quicker at it, and it ends where the input does. */
function convolveBack(writer: GradientWriter, gradient: string, weights: string, { kernel, dilations, begins, ends }: Window): string {
  const axes = kernel.map((_, axis) => axis);
  const swapped = writer.add('Transpose', [weights], { perm: [1n, 0n, ...axes.map((axis) => BigInt(axis + 2))] });
  const turned = kernel.every((size) => size === 1) ? swapped : turnAround(writer, swapped, kernel);
  const outside = (pads: readonly number[]) =>
    axes.map((axis) => BigInt((dilations[axis] ?? 1) * ((kernel[axis] ?? 1) - 1) - (pads[axis] ?? 0)));
  return writer.add('Conv', [gradient, turned], {
    kernel_shape: kernel.map(BigInt),
    strides: kernel.map(() => 1n),
    dilations: dilations.map(BigInt),
    pads: [...outside(begins), ...outside(ends)],
  });
}

function turnAround(writer: GradientWriter, weights: string, kernel: readonly number[]): string {
  const all = (value: bigint) => writer.integers(kernel.map(() => value));
  return writer.add('Slice', [weights, all(-1n), all(-(2n ** 62n)), writer.integers(kernel.map((_, axis) => BigInt(axis + 2))), all(-1n)]);
}
