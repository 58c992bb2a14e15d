import type { GradientRule } from '../gradient-rule.js';
import { putChannelsBack } from './put-channels-back.js';
import { readWindow, refuseWindow } from './read-window.js';
import { writeNormSlope } from './write-norm-slope.js';

/** (Σ|x|ᵖ)^(1/p) of each window: sign(x) |x|ᵖ⁻¹ / yᵖ⁻¹, 0 where y is. */
export const lpPool: GradientRule = {
  refuse: refuseWindow,
  write: (node, writer) => {
    const window = readWindow(node);
    if (window === null) return [''];
    return [writeNormSlope(node, writer, node.integer('p', 2), (share) => putChannelsBack(node, writer, share, window))];
  },
};
