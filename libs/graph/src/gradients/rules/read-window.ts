import type { DifferentiatedNode } from '../differentiated-node.js';

/** How a window moves over the axes behind batch and channels: one entry for each. */
export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Zeros that stand before an axis. */
  readonly begins: readonly number[];
  /** Zeros that stand behind it, without what ceil_mode adds. */
  readonly ends: readonly number[];
}

/** Why the window of a node is not known; null where it is. */
export function refuseWindow(node: DifferentiatedNode): string | null {
  if (readKernel(node).includes(0)) return 'has a kernel whose size varies';
  return readWindow(node) === null ? 'pads by auto_pad an axis whose length varies' : null;
}

/**
 * The window of Conv and the pools; null where auto_pad depends on a length that varies.
 *
 * Source: ONNX operators Conv-11 and MaxPool-12: SAME_UPPER puts the odd zero behind, SAME_LOWER before.
 */
export function readWindow(node: DifferentiatedNode): Window | null {
  const kernel = readKernel(node);
  const strides = node.integers('strides') ?? kernel.map(() => 1);
  const dilations = node.integers('dilations') ?? kernel.map(() => 1);
  const automatic = node.text('auto_pad', 'NOTSET');
  const moved = { kernel, strides, dilations };
  if (automatic === 'VALID') return { ...moved, begins: kernel.map(() => 0), ends: kernel.map(() => 0) };
  if (automatic === 'NOTSET' || automatic === '') {
    const pads = node.integers('pads') ?? kernel.flatMap(() => [0, 0]);
    return { ...moved, begins: pads.slice(0, kernel.length), ends: pads.slice(kernel.length) };
  }
  const totals = kernel.map((size, axis) => {
    const [stride = 1, dilation = 1] = [strides[axis], dilations[axis]];
    const reach = dilation * (size - 1) + 1;
    const length = node.facts.length(node.input(0), axis + 2);
    if (length === null) return stride === 1 ? reach - 1 : null;
    return Math.max((Math.ceil(length / stride) - 1) * stride + reach - length, 0);
  });
  const known = totals.flatMap((total) => total ?? []);
  if (known.length < totals.length) return null;
  const halves = known.map((total) => (automatic === 'SAME_LOWER' ? Math.ceil(total / 2) : Math.floor(total / 2)));
  return { ...moved, begins: halves, ends: known.map((total, axis) => total - (halves[axis] ?? 0)) };
}

/** By attribute, or as the weights are shaped. */
function readKernel(node: DifferentiatedNode): readonly number[] {
  const named = node.integers('kernel_shape');
  if (named !== null) return named;
  return Array.from({ length: node.rank(0) - 2 }, (_, axis) => node.facts.length(node.input(1), axis + 2) ?? 0);
}
