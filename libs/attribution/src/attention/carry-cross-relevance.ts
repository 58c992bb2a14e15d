import { mixHeads, type HeadGradients } from './mix-heads.js';
import { identity, multiplyMatrices } from './multiply-matrices.js';

/** A layer of an encoder-decoder: self of the encoder, causal-self of the decoder, or cross from the decoder's tokens to the encoder's. */
export interface PairGradients extends HeadGradients {
  readonly kind: 'self' | 'causal-self' | 'cross';
}

/** Tokens that the encoder reads, and the decoder. */
export interface PairTokens {
  readonly source: number;
  readonly output: number;
}

/** Relevance after the last layer, row-major; rows are the tokens that it is in, columns those that it is of. */
export interface PairRelevance {
  /** [source, source] */
  readonly encoder: Float64Array;
  /** [output, output] */
  readonly decoder: Float64Array;
  /** [output, source] */
  readonly cross: Float64Array;
}

/**
 * How much each token of the source and of the output speaks for the score in each token of an encoder-decoder. With Ā the mean over heads
 * of max(0, gradient · attention) (equation 5), Ree and Rdd that start as the identity, and Rde that starts as zeros:
 *
 * - a layer of the encoder: Ree += Ā Ree (6);
 * - a self layer of the decoder: Rdd += Ā Rdd (6) and Rde += Ā Rde (7);
 * - a cross layer: Rde += N(Rdd)ᵀ Ā N(Ree) (10), where N(R) is R - I with rows that sum to 1, plus I (8 and 9).
 *
 * Equation 11 adds nothing: no token of the encoder looks at the decoder. Rule 10 is normalised and transposed as the paper and the authors'
 * `generate_ours` have it (without LRP), so that the numbers are theirs. Because of the transposition the cross-attention of earlier tokens of the output
 * gets into the row of the last one by the self layers behind it (7), not by rule 10. A row of R - I that is all zeros, such as that of a
 * token behind the explained one, has no sum to be divided by: it stays zero. (The authors' code makes the whole product zero there.)
 *
 * @param layers in an order in which each comes behind those it depends on, as the graph has them
 * @throws RangeError where a layer has maps of another size
 *
 * Source: H. Chefer, S. Gur and L. Wolf (2021), Generic Attention-model Explainability for Interpreting Bi-Modal and Encoder-Decoder
 * Transformers, section 3, equations 5 to 11; github.com/hila-chefer/Transformer-MM-Explainability, DETR/modules/ExplanationGenerator.py.
 */
export function carryCrossRelevance(layers: readonly PairGradients[], { source, output }: PairTokens): PairRelevance {
  let encoder: Float64Array = identity(source);
  let decoder: Float64Array = identity(output);
  let cross: Float64Array = new Float64Array(output * source);
  for (const layer of layers) {
    if (layer.kind === 'self') {
      encoder = add(encoder, multiplyMatrices(mixHeads(layer, source * source), encoder, source));
    } else if (layer.kind === 'causal-self') {
      const mixed = mixHeads(layer, output * output);
      decoder = add(decoder, multiplyMatrices(mixed, decoder, output));
      cross = add(cross, multiplyMatrices(mixed, cross, output));
    } else {
      const seen = multiplyMatrices(mixHeads(layer, output * source), normalise(encoder, source), source);
      cross = add(cross, multiplyMatrices(transpose(normalise(decoder, output), output), seen, output));
    }
  }
  return { encoder, decoder, cross };
}

/** Equations 8 and 9. */
function normalise(relevance: Float64Array, size: number): Float64Array {
  const own = identity(size);
  const gained = relevance.map((value, at) => value - (own[at] ?? NaN));
  const sums = Float64Array.from({ length: size }, (_, row) => gained.subarray(row * size, (row + 1) * size).reduce((a, b) => a + b, 0));
  return gained.map((value, at) => {
    const sum = sums[Math.floor(at / size)] ?? NaN;
    return (sum === 0 ? 0 : value / sum) + (own[at] ?? NaN);
  });
}

function transpose(square: Float64Array, size: number): Float64Array {
  return square.map((_, at) => square[(at % size) * size + Math.floor(at / size)] ?? NaN);
}

function add(one: Float64Array, other: Float64Array): Float64Array {
  return one.map((value, at) => value + (other[at] ?? NaN));
}
