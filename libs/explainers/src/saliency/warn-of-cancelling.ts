import type { NumberRange, Reduction } from '#attribution';
import type { Warning } from '../contract/explanation.js';

/** Share of the sizes that a sum of float32 numbers has left when it is 0 by construction. */
const roundingShare = 1e-5;

/**
 * Says where every sum of a gradient is 0 but for rounding. A normalisation behind an embedding does so: what adds the same to every number of a
 * row changes nothing.
 *
 * @param gradients one per target
 * @param parts numbers of each feature
 */
export function warnOfCancelling(
  gradients: readonly Float32Array[],
  parts: readonly (readonly NumberRange[])[],
  reduction: Reduction,
): readonly Warning[] {
  if (reduction !== 'sum') return [];
  return gradients.flatMap((gradient, target) => {
    const moved = parts.map((ranges) => addUp(gradient, ranges)).filter(({ sizes }) => sizes > 0);
    if (moved.length === 0 || moved.some(({ sum, sizes }) => Math.abs(sum) >= roundingShare * sizes)) return [];
    const message = `Of target ${target} the gradient of every feature adds up to 0 but for rounding, as it does behind a normalisation: the numbers are rounding and tell nothing. Set reduce to l2 or input-x-gradient, which tell more.`;
    return [{ code: 'GRADIENT_CANCELS', message }];
  });
}

function addUp(gradient: Float32Array, ranges: readonly NumberRange[]): { readonly sum: number; readonly sizes: number } {
  let [sum, sizes] = [0, 0];
  for (const [from, to] of ranges)
    for (const own of gradient.subarray(from, to)) {
      sum += own;
      sizes += Math.abs(own);
    }
  return { sum, sizes };
}
