/** How the gradient of many numbers becomes one. */
export const reductions = ['l2', 'input-x-gradient', 'sum', 'max-abs'] as const;
export type Reduction = (typeof reductions)[number];

/** Numbers of an input that belong together: from the first to before the second. */
export type NumberRange = readonly [from: number, to: number];

/**
 * One number for the gradient of the numbers in ranges:
 *
 * - l2: the root of the sum of squares, 0 or more
 * - input-x-gradient: Σ gradient · (input - reference), in the unit of the score
 * - sum: Σ gradient
 * - max-abs: the largest size, 0 or more
 *
 * @param gradient of all numbers
 * @param input of all numbers, less what stands for none of it
 */
export function reduceGradient(
  gradient: ArrayLike<number>,
  input: ArrayLike<number>,
  ranges: readonly NumberRange[],
  reduction: Reduction,
): number {
  let [sum, largest] = [0, 0];
  for (const [from, to] of ranges)
    for (let at = from; at < to; at++) {
      const own = gradient[at] ?? NaN;
      if (reduction === 'l2') sum += own * own;
      else if (reduction === 'sum') sum += own;
      else if (reduction === 'input-x-gradient') sum += own * (input[at] ?? NaN);
      else largest = Math.max(largest, Math.abs(own));
    }
  return reduction === 'l2' ? Math.sqrt(sum) : reduction === 'max-abs' ? largest : sum;
}
