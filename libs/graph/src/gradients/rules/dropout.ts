import type { GradientRule } from '../gradient-rule.js';

/** Out of training it hands its input on. */
export const dropout: GradientRule = {
  write: (node) => [node.upstream()],
  refuse: (node) => (node.has(2) && node.values(2)?.[0] !== 0 ? 'may draw at random (training_mode)' : null),
};
