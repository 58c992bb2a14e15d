import type { DifferentiatedNode } from '../differentiated-node.js';
import type { GradientRule } from '../gradient-rule.js';
import type { GradientWriter } from '../gradient-writer.js';
import { putWindowsBack } from '../rules/put-windows-back.js';
import { readWindow, refuseWindow } from '../rules/read-window.js';

/** A convolution of whole numbers and zero points: the transposed convolution of dY with w - z, in floating point. Weights have to be constant. */
export const convInteger: GradientRule = {
  refuse: (node) => (node.wants(1) ? 'has weights that depend on the input' : refuseWindow(node)),
  write: (node, writer) => {
    const window = readWindow(node);
    if (!node.wants(0) || window === null) return [''];
    const weights = centre(node, writer);
    return [
      putWindowsBack(node, writer, { gradient: node.upstream(), weights, window, groups: node.integer('group', 1), x: node.input(0) }),
    ];
  },
};

/** Weights less their zero point, of which the runtime takes one for all. */
function centre(node: DifferentiatedNode, writer: GradientWriter): string {
  const numbers = writer.toFloat(node.input(1));
  if (!node.has(3)) return numbers;
  return writer.add('Sub', [numbers, writer.toFloat(node.input(3))]);
}
