import { identity, multiplySquare } from './multiply-square.js';

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
  return layers.reduce((relevance, layer) => {
    const added = multiplySquare(mixHeads(layer, tokens), relevance, tokens);
    return relevance.map((value, at) => value + (added[at] ?? NaN));
  }, identity(tokens));
}

/** Mean over heads of max(0, gradient · attention): [tokens, tokens]. */
function mixHeads({ heads, probabilities, gradients }: HeadGradients, tokens: number): Float64Array {
  const size = tokens * tokens;
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
