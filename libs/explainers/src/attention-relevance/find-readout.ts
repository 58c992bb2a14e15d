import type { GradientTarget } from '../contract/differentiable.js';

/** The token whose logits are read, of several the last; 0 for a score that names no token. */
export function findReadout(target: GradientTarget): number {
  return 'tokens' in target ? Math.max(...target.tokens.map(({ position }) => position)) : 0;
}
