/** Attention of one layer with its gradient, each [heads, queries, keys], row-major. */
export interface HeadGradients {
  readonly heads: number;
  readonly probabilities: ArrayLike<number>;
  /** Derivative of the score with respect to each probability. */
  readonly gradients: ArrayLike<number>;
}

/**
 * Mean over heads of max(0, gradient · attention).
 *
 * @param size queries times keys
 * @returns [queries, keys]
 * @throws RangeError for maps of another size
 *
 * Source: H. Chefer, S. Gur and L. Wolf (2021), Generic Attention-model Explainability, section 3.1, equation 5.
 */
export function mixHeads({ heads, probabilities, gradients }: HeadGradients, size: number): Float64Array {
  if (probabilities.length !== heads * size || gradients.length !== heads * size)
    throw new RangeError(`a layer has ${probabilities.length} probabilities and ${gradients.length} gradients, not ${heads * size}`);
  const mixed = new Float64Array(size);
  for (let head = 0; head < heads; head++)
    for (let at = 0; at < size; at++) {
      const product = (probabilities[head * size + at] ?? NaN) * (gradients[head * size + at] ?? NaN);
      if (product > 0) mixed[at] = (mixed[at] ?? 0) + product / heads;
    }
  return mixed;
}
