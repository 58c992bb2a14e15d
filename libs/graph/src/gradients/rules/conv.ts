import type { DifferentiatedNode } from '../differentiated-node.js';
import type { GradientRule } from '../gradient-rule.js';
import type { GradientWriter } from '../gradient-writer.js';
import { sumChannels } from './per-channel.js';
import { putWindowsBack } from './put-windows-back.js';
import { readWindow, refuseWindow } from './read-window.js';

/** A convolution: the transposed convolution with the same weights; the sum of dy for what is added. Weights have to be constant. */
export const conv: GradientRule = {
  refuse: (node) => (node.wants(1) ? 'has weights that depend on the input' : refuseWindow(node)),
  write: (node, writer) => [
    node.wants(0) ? writeInput(node, writer) : '',
    '',
    node.wants(2) ? sumChannels(node, writer, node.upstream()) : '',
  ],
};

function writeInput(node: DifferentiatedNode, writer: GradientWriter): string {
  const window = readWindow(node);
  if (window === null) return '';
  const [x, weights, gradient] = [node.input(0), node.input(1), node.upstream()];
  return putWindowsBack(node, writer, { gradient, weights, window, groups: node.integer('group', 1), x });
}
