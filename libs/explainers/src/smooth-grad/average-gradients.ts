import { reduceGradient, type NumberRange, type Reduction } from '#attribution';

export interface AveragedGradients {
  readonly mean: Float32Array;
  /** One for each part: of the mean gradient. */
  readonly values: readonly number[];
  /** Of each value, from the spread of the samples. */
  readonly standardErrors: readonly number[];
}

/**
 * The mean of sampled gradients, a number for each part of it, and how far these are from certain. A sample's share in a number that is no sum (a
 * length, a largest size) is its gradient's component along the mean's: the first order of the delta method.
 *
 * @param gradients of the samples, at least two
 * @param input less what stands for none of it, for input-x-gradient
 */
export function averageGradients(
  gradients: readonly Float32Array[],
  input: ArrayLike<number>,
  parts: readonly (readonly NumberRange[])[],
  reduction: Reduction,
): AveragedGradients {
  const count = gradients.length;
  const sums = new Float64Array(gradients[0]?.length ?? 0);
  for (const gradient of gradients) for (let at = 0; at < sums.length; at++) sums[at] = (sums[at] ?? NaN) + (gradient[at] ?? NaN);
  const mean = sums.map((sum) => sum / count);
  const values = parts.map((ranges) => reduceGradient(mean, input, ranges, reduction));
  const standardErrors = parts.map((ranges, part) => {
    const shares = gradients.map((gradient) => share(gradient, mean, values[part] ?? NaN));
    const middle = shares.reduce((sum, one) => sum + one, 0) / count;
    return Math.sqrt(shares.reduce((sum, one) => sum + (one - middle) ** 2, 0) / (count * (count - 1)));

    function share(gradient: Float32Array, whole: Float64Array, value: number): number {
      if (reduction === 'sum' || reduction === 'input-x-gradient') return reduceGradient(gradient, input, ranges, reduction);
      if (value === 0) return reduceGradient(gradient, input, ranges, reduction);
      let [sum, largest, along] = [0, 0, 0];
      for (const [from, to] of ranges)
        for (let at = from; at < to; at++) {
          const own = whole[at] ?? NaN;
          sum += (own / value) * (gradient[at] ?? NaN);
          if (Math.abs(own) > largest) [largest, along] = [Math.abs(own), Math.sign(own) * (gradient[at] ?? NaN)];
        }
      return reduction === 'l2' ? sum : along;
    }
  });
  return { mean: Float32Array.from(mean), values, standardErrors };
}
