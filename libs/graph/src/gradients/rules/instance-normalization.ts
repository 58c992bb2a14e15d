import type { GradientRule } from '../gradient-rule.js';
import { perChannel, sumChannels } from './per-channel.js';
import { standardise, writeStandardised } from './standardise.js';

/** Each channel of each row by its own mean and deviation: as LayerNormalization, over the places. */
export const instanceNormalization: GradientRule = {
  write: (node, writer) => {
    const dy = node.upstream();
    const axes = Array.from({ length: node.rank(0) - 2 }, (_, at) => at + 2);
    const found = standardise(writer, node.input(0), axes, node.float('epsilon', 1e-5));
    return [
      node.wants(0) ? writeStandardised(writer, writer.times(dy, perChannel(node, writer, 1)), found, axes) : '',
      node.wants(1) ? sumChannels(node, writer, writer.times(dy, found.normal)) : '',
      node.wants(2) ? sumChannels(node, writer, dy) : '',
    ];
  },
};
