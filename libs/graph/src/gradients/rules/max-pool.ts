import type { DifferentiatedNode } from '../differentiated-node.js';
import type { GradientRule } from '../gradient-rule.js';
import type { GradientWriter } from '../gradient-writer.js';
import { putWindowsBack } from './put-windows-back.js';
import { readWindow, refuseWindow, type Window } from './read-window.js';
import { scatterAdd } from './scatter-add.js';

/** The largest of each window: all to it, to the first where several are. The pool itself says which (Indices). */
export const maxPool: GradientRule = {
  refuse: (node) => (node.integer('storage_order', 0) === 0 ? refuseWindow(node) : 'counts its indices by columns'),
  write: (node, writer) => {
    const window = readWindow(node);
    if (window === null) return [''];
    const indices = node.forward(1);
    return [node.opset >= 16 ? scatter(node, writer, indices) : spread(node, writer, indices, window)];
  },
};

/** Indices count through the whole input, batch and channels included. */
function scatter(node: DifferentiatedNode, writer: GradientWriter, indices: string): string {
  const flat = (tensor: string) => writer.add('Reshape', [tensor, writer.integers([-1n])]);
  const size = writer.add('Reshape', [writer.add('Size', [node.input(0)]), writer.integers([1n])]);
  const zeros = writer.add('Expand', [writer.number(0), size]);
  const sum = scatterAdd(writer, { zeros, indices: flat(indices), numbers: flat(node.upstream()), axis: 0 });
  return writer.add('Reshape', [sum, writer.add('Shape', [node.input(0)])]);
}

/**
 * Before version 16 nothing adds while it scatters. Each pick becomes its place within its window, which becomes a channel, and windows are
 * added up by a transposed convolution.
 */
function spread(node: DifferentiatedNode, writer: GradientWriter, indices: string, window: Window): string {
  const { kernel, strides, dilations, begins } = window;
  const [x, y] = [node.input(0), node.output(0)];
  const scalar = (list: string) => writer.add('Reshape', [list, writer.integers([])]);
  const whole = (value: number | undefined) => writer.integers(BigInt(value ?? 0));
  let rest = indices;
  let place = '';
  let factor = 1;
  for (const axis of [...kernel.keys()].reverse()) {
    const length = scalar(writer.lengthOf(x, axis + 2));
    const at = writer.add('Mod', [rest, length]);
    rest = writer.add('Div', [rest, length]);
    const counted = writer.add('Mul', [writer.range(scalar(writer.lengthOf(y, axis + 2))), whole(strides[axis])]);
    const shape = kernel.map((_, other) => (other === axis ? -1n : 1n));
    const starts = writer.add('Sub', [writer.add('Reshape', [counted, writer.integers(shape)]), whole(begins[axis])]);
    const step = writer.add('Div', [writer.add('Sub', [at, starts]), whole(dilations[axis])]);
    const part = factor === 1 ? step : writer.add('Mul', [step, whole(factor)]);
    place = place === '' ? part : writer.add('Add', [place, part]);
    factor *= kernel[axis] ?? 1;
  }
  // [batch x channels, kernel, places...]
  const joined = (tensor: string, front: readonly bigint[]) =>
    writer.add('Reshape', [
      tensor,
      writer.add('Concat', [writer.integers(front), ...kernel.map((_, axis) => writer.lengthOf(y, axis + 2))], { axis: 0n }),
    ]);
  const ones = writer.oneHot(joined(place, [-1n]), writer.integers([BigInt(factor)]), 1n);
  const gradient = writer.times(ones, joined(node.upstream(), [-1n, 1n]));
  const eye = writer.oneHot(writer.range(writer.integers(BigInt(factor))), writer.integers([BigInt(factor)]), 0n);
  const weights = writer.add('Reshape', [eye, writer.integers([BigInt(factor), 1n, ...kernel.map(BigInt)])]);
  return writer.add('Reshape', [putWindowsBack(node, writer, { gradient, weights, window, groups: 1, x }), writer.add('Shape', [x])]);
}
