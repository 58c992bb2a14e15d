import type { DifferentiatedNode } from '../differentiated-node.js';
import type { GradientRule } from '../gradient-rule.js';
import type { GradientWriter } from '../gradient-writer.js';
import { sumChannels } from './per-channel.js';
import { readWindow } from './read-window.js';

/** A transposed convolution: the convolution with the same weights; the sum of dy for what is added. Weights have to be constant. */
export const convTranspose: GradientRule = {
  refuse: (node) => {
    if (node.wants(1)) return 'has weights that depend on the input';
    if (node.integers('output_shape') !== null) return 'is padded to an output_shape';
    if (node.text('auto_pad', 'NOTSET').startsWith('SAME')) return 'is padded by auto_pad';
    const window = readWindow(node);
    return window === null || window.kernel.includes(0) ? 'has a kernel whose size varies' : null;
  },
  write: (node, writer) => [
    node.wants(0) ? writeInput(node, writer) : '',
    '',
    node.wants(2) ? sumChannels(node, writer, node.upstream()) : '',
  ],
};

function writeInput(node: DifferentiatedNode, writer: GradientWriter): string {
  const window = readWindow(node);
  if (window === null) return '';
  const { kernel, strides, dilations, begins, ends } = window;
  // Output padding is less than a stride, so that the convolution gives the lengths of the input.
  return writer.add('Conv', [node.upstream(), node.input(1)], {
    kernel_shape: kernel.map(BigInt),
    strides: strides.map(BigInt),
    dilations: dilations.map(BigInt),
    group: BigInt(node.integer('group', 1)),
    pads: [...begins, ...ends].map(BigInt),
  });
}
