import type { DifferentiatedNode } from '../differentiated-node.js';
import type { GradientWriter } from '../gradient-writer.js';
import { putWindowsBack } from './put-windows-back.js';
import type { Window } from './read-window.js';

/** Adds each number of dy to all numbers of its window, channel by channel: [batch, channels, places...] to the shape of the input. */
export function putChannelsBack(node: DifferentiatedNode, writer: GradientWriter, gradient: string, window: Window): string {
  const [x, y] = [node.input(0), node.output(0)];
  const places = window.kernel.map((_, axis) => writer.lengthOf(y, axis + 2));
  // Channels join the batch, so that one window serves all.
  const joined = writer.add('Reshape', [gradient, writer.add('Concat', [writer.integers([-1n, 1n]), ...places], { axis: 0n })]);
  const weights = writer.add('Expand', [writer.number(1), writer.integers([1n, 1n, ...window.kernel.map(BigInt)])]);
  const sum = putWindowsBack(node, writer, { gradient: joined, weights, window, groups: 1, x });
  return writer.add('Reshape', [sum, writer.add('Shape', [x])]);
}
