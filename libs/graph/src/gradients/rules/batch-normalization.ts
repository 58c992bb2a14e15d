import type { DifferentiatedNode } from '../differentiated-node.js';
import type { GradientRule } from '../gradient-rule.js';
import { perChannel, sumChannels } from './per-channel.js';

/** (x - mean) · scale / √(variance + ε) + shift, with a mean and a variance that are stored: scale / √(variance + ε). */
export const batchNormalization: GradientRule = {
  refuse: (node) => {
    if (node.wants(3) || node.wants(4)) return 'has a mean or variance that depends on the input';
    return trains(node) ? 'takes mean and variance from what is fed (training_mode)' : null;
  },
  write: (node, writer) => {
    const dy = node.upstream();
    const variance = writer.add('Add', [perChannel(node, writer, 4), writer.number(node.float('epsilon', 1e-5))]);
    const inverse = writer.add('Reciprocal', [writer.add('Sqrt', [variance])]);
    const normal = () => writer.times(writer.add('Sub', [node.input(0), perChannel(node, writer, 3)]), inverse);
    return [
      node.wants(0) ? writer.times(dy, writer.times(perChannel(node, writer, 1), inverse)) : '',
      node.wants(1) ? sumChannels(node, writer, writer.times(dy, normal())) : '',
      node.wants(2) ? sumChannels(node, writer, dy) : '',
    ];
  },
};

/** Before version 14 there is no attribute: a node that trains gives what it has learnt. */
function trains(node: DifferentiatedNode): boolean {
  return node.integer('training_mode', 0) !== 0 || (node.opset < 14 && node.output(1) !== '');
}
