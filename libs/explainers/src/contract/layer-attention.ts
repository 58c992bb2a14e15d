/** What one layer of a transformer attended to in one row. */
export interface LayerAttention {
  /** self: every token sees every other; causal-self: itself and those before it; cross: a decoder's queries see an encoder's tokens. */
  readonly kind: 'self' | 'causal-self' | 'cross';
  /** Number among the layers of its kind, from 0. */
  readonly layer: number;
  /** The node of the graph that made it. */
  readonly operator: string;
  readonly node: string;
  readonly heads: number;
  readonly queries: number;
  readonly keys: number;
  /** [heads, queries, keys], row-major; rows are distributions. Of no length where `quantised` is there instead. */
  readonly probabilities: Float32Array | Float64Array;
  /** Where bytes were asked for, and the model rounds them itself. */
  readonly quantised?: QuantisedAttention;
  /**
   * [heads, queries, keys]: the scores before the softmax, scaled and with bias and mask. What a mask hides has the number that the model
   * gives it, about -1e4 or less; minus infinity is given as the most negative float32, -3.4028234663852886e38. Absent where they were not
   * asked for.
   */
  readonly scores?: Float32Array | Float64Array;
}

/**
 * Which numbers of attention are asked for: the probabilities alone, or the scores before the softmax too; 'byte' for probabilities rounded to
 * bytes, which a model may give in place of them.
 */
export type AttentionNumbers = 'probability' | 'score' | 'byte';

/** Attention of a layer, rounded to bytes, and what was measured of each row before. */
export interface QuantisedAttention {
  /** [heads, queries, keys], row-major: u stands for (u / 255)². */
  readonly bytes: Uint8Array;
  readonly rows: MeasuredRows;
}

/** Each [heads, queries]: numbers of the distribution that a row is, as HeadMeter sums them up. */
export interface MeasuredRows {
  /** Of its largest share. */
  readonly most: Float32Array;
  /** In nats. */
  readonly entropy: Float32Array;
  /** Share on the first key. */
  readonly first: Float32Array;
  /** Share on the keys that separate texts. */
  readonly separator: Float32Array;
  /** Mean of |query - key|, in tokens; like the next two without meaning where queries and keys are different texts. */
  readonly distance: Float32Array;
  readonly self: Float32Array;
  /** Share on the key before the query's own; without meaning for the first. */
  readonly previous: Float32Array;
}

/** A layer whose heads can be switched off. */
export interface LayerHeads {
  /** Number among the layers that `readHeads` lists, from 0. */
  readonly layer: number;
  readonly heads: number;
}
