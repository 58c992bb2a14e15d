import { mixHeads, type HeadGradients } from './mix-heads.js';
import { identity, multiplyMatrices } from './multiply-matrices.js';

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
    const added = multiplyMatrices(mixHeads(layer, tokens * tokens), relevance, tokens);
    return relevance.map((value, at) => value + (added[at] ?? NaN));
  }, identity(tokens));
}
