import type { GradientRule } from '../gradient-rule.js';
import { writeNormSlope } from './write-norm-slope.js';

/** (Σ|x|ᵖ)^(1/p) over all places: sign(x) |x|ᵖ⁻¹ / yᵖ⁻¹, 0 where y is. */
export const globalLpPool: GradientRule = {
  write: (node, writer) => [writeNormSlope(node, writer, node.integer('p', 2), (share) => share)],
};
