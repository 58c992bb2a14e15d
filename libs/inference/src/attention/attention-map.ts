import type { AttentionLayer } from '#graph';

/** Which tokens of a batch are real. Attention of padded queries means nothing, and padded keys have none. */
export interface RealTokens {
  readonly batch: number;
  /** [batch, tokens], 1 for a real token; null where all are. With a cache the tokens in it come first. */
  readonly tokens: Uint8Array | null;
  /** The same for the decoder of a model that has an encoder; null also where there is none. */
  readonly decoderTokens: Uint8Array | null;
}

/** The proven attention of a layer in one run. */
export interface AttentionMap {
  readonly layer: AttentionLayer;
  readonly batch: number;
  readonly heads: number;
  readonly queries: number;
  readonly keys: number;
  /** [batch, heads, queries, keys], row-major. */
  readonly probabilities: Float32Array | Float64Array;
}
