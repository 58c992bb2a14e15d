/** Attention of one layer with its gradient, each [heads, queries, keys], row-major. */
export interface HeadGradients {
  readonly heads: number;
  readonly probabilities: ArrayLike<number>;
  /** Derivative of the score with respect to each probability. */
  readonly gradients: ArrayLike<number>;
}

/**
 * How much each token of the input speaks for the score in each token after the last layer: R starts as the identity, and each layer adds
 * mean over heads of max(0, gradient · attention), times R.
 *
 * @param layers of self-attention over the same tokens, first to last
 * @param tokens side of each map
 * @returns [tokens after the last layer, tokens of the input], row-major
 * @throws RangeError where a layer has maps of another size
 *
 * Source: H. Chefer, S. Gur and L. Wolf (2021), Generic Attention-model Explainability, section 3.1, equations 5 and 6.
 */
export function carryRelevance(layers: readonly HeadGradients[], tokens: number): Float64Array {
  let relevance: Float64Array = Float64Array.from({ length: tokens * tokens }, (_, at) =>
    Math.floor(at / tokens) === at % tokens ? 1 : 0,
  );
  for (const layer of layers) {
    const mixed = mixHeads(layer, tokens, tokens);
    relevance = addProduct(relevance, mixed, relevance, { rows: tokens, inner: tokens, columns: tokens });
  }
  return relevance;
}

/**
 * Mean over heads of max(0, gradient · attention).
 *
 * @returns [queries, keys]
 */
function mixHeads({ heads, probabilities, gradients }: HeadGradients, queries: number, keys: number): Float64Array {
  const size = queries * keys;
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

interface ProductSize {
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
}

/** `base` + left · right. */
function addProduct(
  base: Float64Array,
  left: Float64Array,
  right: Float64Array,
  { rows, inner, columns }: ProductSize,
): Float64Array {
  const sum = Float64Array.from(base);
  for (let row = 0; row < rows; row++)
    for (let at = 0; at < inner; at++) {
      const factor = left[row * inner + at] ?? 0;
      if (factor === 0) continue;
      for (let column = 0; column < columns; column++)
        sum[row * columns + column] = (sum[row * columns + column] ?? 0) + factor * (right[at * columns + column] ?? 0);
    }
  return sum;
}
