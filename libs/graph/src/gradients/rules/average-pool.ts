import type { GradientRule } from '../gradient-rule.js';
import { putChannelsBack } from './put-channels-back.js';
import { readWindow, refuseWindow } from './read-window.js';
import { writeShares } from './write-shares.js';

/** The mean of each window: one share for each of its numbers, by as many as the pool divides by. */
export const averagePool: GradientRule = {
  refuse: refuseWindow,
  write: (node, writer) => {
    const window = readWindow(node);
    if (window === null) return [''];
    return [putChannelsBack(node, writer, writer.times(node.upstream(), writeShares(node, writer, window)), window)];
  },
};
