import { identity, multiplyMatrices } from './multiply-matrices.js';

/** Attention of one layer: probabilities [heads, tokens, tokens], row-major; queries are rows, keys columns. */
export interface HeadMaps {
  readonly heads: number;
  readonly probabilities: ArrayLike<number>;
}

/**
 * How much of each token of the input is in each token after the last layer, if layers do nothing but mix what they attend to: for each
 * layer the mean over its heads, mixed with the residual connection and normalised to rows of 1, later layers times earlier ones.
 *
 * @param layers of self-attention over the same tokens, first to last
 * @param tokens side of each map
 * @param residual share of a token that passes its layer by, 0 … 1
 * @returns [tokens after the last layer, tokens of the input], row-major; rows sum to 1
 * @throws RangeError where a layer has maps of another size
 *
 * Source: S. Abnar and W. Zuidema (2020), Quantifying Attention Flow in Transformers, section 3 (attention rollout); the share 0.5 is theirs.
 */
export function rollOutAttention(layers: readonly HeadMaps[], tokens: number, residual = 0.5): Float64Array {
  let flow = identity(tokens);
  for (const { heads, probabilities } of layers) {
    if (probabilities.length !== heads * tokens * tokens)
      throw new RangeError(
        `a layer has ${probabilities.length} probabilities, and ${heads} heads over ${tokens} tokens have ${heads * tokens * tokens}`,
      );
    flow = multiplyMatrices(mixLayer(heads, probabilities, tokens, residual), flow, tokens);
  }
  return flow;
}

function mixLayer(heads: number, probabilities: ArrayLike<number>, tokens: number, residual: number): Float64Array {
  const size = tokens * tokens;
  const mixed = new Float64Array(size);
  for (let head = 0; head < heads; head++)
    for (let at = 0; at < size; at++) mixed[at] = (mixed[at] ?? 0) + (probabilities[head * size + at] ?? NaN);
  for (let query = 0; query < tokens; query++) {
    const row = mixed.subarray(query * tokens, (query + 1) * tokens);
    for (let key = 0; key < tokens; key++) row[key] = ((1 - residual) * (row[key] ?? 0)) / heads + (key === query ? residual : 0);
    const sum = row.reduce((total, value) => total + value, 0);
    for (let key = 0; key < tokens; key++) row[key] = (row[key] ?? 0) / sum;
  }
  return mixed;
}
