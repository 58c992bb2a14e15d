import type { QuantisedAttention } from '#explainers';
import type { AttentionLayer } from '#graph';

/** Which tokens of a batch are real. Attention of padded queries means nothing, and padded keys have none. */
export interface RealTokens {
  readonly batch: number;
  /** [batch, tokens], 1 for a real token; null where all are. With a cache the tokens in it come first. */
  readonly tokens: Uint8Array | null;
  /** The same for the decoder of a model that has an encoder; null also where there is none. */
  readonly decoderTokens: Uint8Array | null;
}

/** Which of the queries of a run are wanted. */
export interface ChosenQueries {
  /** How many are fed. */
  readonly of: number;
  /** Each from 0 to `of` - 1. */
  readonly at: readonly number[];
}

/** The proven attention of a layer in one run. */
export interface AttentionMap {
  readonly layer: AttentionLayer;
  readonly batch: number;
  readonly heads: number;
  /** Rows given: all queries that were fed, or the chosen ones in their order. */
  readonly queries: number;
  readonly keys: number;
  /** [batch, heads, queries, keys], row-major; of no length where bytes were asked for. */
  readonly probabilities: Float32Array | Float64Array;
  /** Of all rows of the batch, [batch, heads, queries] and with keys; null where no bytes were asked for. */
  readonly quantised: QuantisedAttention | null;
  /**
   * The same shape: what goes into the softmax, scaled and with bias and mask. Minus infinity is the most negative float32. Null where they
   * were not asked for.
   */
  readonly scores: Float32Array | Float64Array | null;
}
