import type { GradientRule } from '../gradient-rule.js';

/** One pick for each place: back, added where one was picked twice. */
export const gatherElements: GradientRule = {
  refuse: (node) => (node.opset < 16 ? 'is put back by adding, which ai.onnx has from version 16 on' : null),
  write: (node, writer) => [
    writer.add('ScatterElements', [writer.zerosLike(node.input(0)), node.input(1), node.upstream()], {
      axis: BigInt(node.axis('axis', 0)),
      reduction: 'add',
    }),
  ],
};
