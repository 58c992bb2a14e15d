import type { GradientTarget } from '../contract/differentiable.js';

/** A classifier reads its answer from the first token, other models from the one whose logits are read: of several the last. */
export function findReadout(target: GradientTarget): number {
  return 'tokens' in target ? Math.max(...target.tokens.map(({ position }) => position)) : 0;
}
