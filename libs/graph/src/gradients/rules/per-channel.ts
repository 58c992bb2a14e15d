import type { DifferentiatedNode } from '../differentiated-node.js';
import type { GradientWriter } from '../gradient-writer.js';

/** One number for each channel, as it broadcasts to the input: [channels, 1...]; in the type of the input. */
export function perChannel(node: DifferentiatedNode, writer: GradientWriter, at: number): string {
  const list = node.input(at);
  const shape = [-1n, ...Array.from({ length: node.rank(0) - 2 }, () => 1n)];
  const reshaped = writer.add('Reshape', [list, writer.integers(shape)]);
  return node.facts.of(list).type === writer.float ? reshaped : writer.toFloat(reshaped);
}

/** Sums over all axes but that of the channels. */
export function sumChannels(node: DifferentiatedNode, writer: GradientWriter, tensor: string): string {
  const axes = Array.from({ length: node.rank(0) }, (_, axis) => axis).filter((axis) => axis !== 1);
  return writer.sumOver(tensor, axes, false);
}
