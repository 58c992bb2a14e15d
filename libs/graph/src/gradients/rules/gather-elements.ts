import type { GradientRule } from '../gradient-rule.js';
import { scatterAdd } from './scatter-add.js';

/** One pick for each place: back, added where one was picked twice. */
export const gatherElements: GradientRule = {
  refuse: (node) => (node.opset < 16 ? 'is put back by adding, which ai.onnx has from version 16 on' : null),
  write: (node, writer) => {
    const [zeros, axis] = [writer.zerosLike(node.input(0)), node.axis('axis', 0)];
    return [scatterAdd(writer, { zeros, indices: node.input(1), numbers: node.upstream(), axis })];
  },
};
