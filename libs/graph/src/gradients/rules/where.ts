import type { GradientRule } from '../gradient-rule.js';
import { findZeroed } from './find-zeroed.js';

/** Each side where it was chosen. */
export const where: GradientRule = {
  write: (node, writer) => {
    const [condition, dy] = [node.input(0), node.upstream()];
    const own = (gradient: string, at: number) => writer.unbroadcast(gradient, node.output(0), node.input(at));
    // Softmax multiplies with the zeros itself.
    if (!node.wants(1) && findZeroed(node, node.input(2)) === node.output(0)) return ['', '', dy];
    return ['', node.wants(1) ? own(writer.keepWhere(condition, dy), 1) : '', node.wants(2) ? own(writer.dropWhere(condition, dy), 2) : ''];
  },
};
