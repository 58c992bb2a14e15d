import type { GradientRule } from '../gradient-rule.js';
import { perChannel } from './per-channel.js';
import { standardise, writeStandardised } from './standardise.js';

/**
 * Groups of channels by their own mean and deviation: as LayerNormalization, over the numbers of a group. Scale and shift have to be constant.
 *
 * Source: ONNX operators GroupNormalization-18, with a scale for each group, and GroupNormalization-21, with one for each channel.
 */
export const groupNormalization: GradientRule = {
  refuse: (node) => (node.wants(1) || node.wants(2) ? 'has a scale or shift that depends on the input' : null),
  write: (node, writer) => {
    const [x, dy] = [node.input(0), node.upstream()];
    const grouped = (tensor: string) => writer.add('Reshape', [tensor, writer.integers([0n, BigInt(node.integer('num_groups', 1)), -1n])]);
    const found = standardise(writer, grouped(x), [2], node.float('epsilon', 1e-5));
    const scaled =
      node.opset >= 21
        ? grouped(writer.times(dy, perChannel(node, writer, 1)))
        : writer.times(grouped(dy), writer.add('Reshape', [node.input(1), writer.integers([-1n, 1n])]));
    return [writer.add('Reshape', [writeStandardised(writer, scaled, found, [2]), writer.add('Shape', [x])])];
  },
};
