import type { GradientRule } from '../gradient-rule.js';
import { scatterAdd } from './scatter-add.js';

/** Picks by several indices: back to their places, added where one was picked twice. */
export const gatherNd: GradientRule = {
  refuse: (node) =>
    node.opset < 16
      ? 'is put back by adding, which ai.onnx has from version 16 on'
      : node.integer('batch_dims', 0) === 0
        ? null
        : 'picks within a batch (batch_dims)',
  write: (node, writer) => [
    scatterAdd(writer, { zeros: writer.zerosLike(node.input(0)), indices: node.input(1), numbers: node.upstream(), axis: null }),
  ],
};
