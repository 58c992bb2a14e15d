import type { ScoredTarget } from '#attribution';
import type { LayerAttention, LayerHeads } from './layer-attention.js';

/**
 * One number whose gradient is taken: of a row of outputs as `scoreRow` forms it, or of tokens that a language model gave, whose numbers are
 * added up.
 */
export type GradientTarget = (ScoredTarget | TokenScore) & {
  /** Whether what rounds in the model hands its gradient on as if it did not: an approximation, and only where it is asked for. */
  readonly straightThrough?: boolean;
};

/** Tokens of a language model at positions of a text; `space` says which number of each. */
export interface TokenScore {
  readonly space: 'probability' | 'log-probability' | 'logit';
  readonly tokens: readonly {
    /** Index of the token whose logits are read. */
    readonly position: number;
    readonly tokenId: number;
    /** 1, or -1 for the token that another one is contrasted with. */
    readonly weight: number;
  }[];
}

/** Scores of points, and their gradients with respect to the numbers of each. */
export interface PointGradients {
  readonly scores: Float64Array;
  /** One for each point, in its shape. */
  readonly gradients: readonly Float32Array[];
}

/** What the point at a place is called in what people read, such as "noisy copy 3 of 50". */
export type PointNames = (at: number) => string;

/** An input as numbers between which its model can be run: rows of the embedding, columns, pixels. */
export abstract class DifferentiableInput {
  /** [tokens, width], [columns] or [channels, height, width]. */
  abstract readonly shape: readonly number[];
  /** The input's own numbers, row-major. */
  abstract readonly values: Float32Array;
  /**
   * Where the gradient is that of a twin of the file, whose products are not rounded: names of the nodes that round in the file.
   * Empty for an exact gradient of the file itself.
   */
  abstract readonly rounded: readonly string[];
  /**
   * @param points each in the shape of the input
   * @param called what a refusal calls a point; "the input" where it is left out
   * @throws ExplainProblem GRADIENT_UNAVAILABLE, GRADIENT_NON_FINITE, MODEL_RUN_FAILED or MODEL_OUTPUT_NON_FINITE
   */
  abstract evaluate(points: readonly Float32Array[], target: GradientTarget, called?: PointNames): Promise<PointGradients>;

  /**
   * Scores as `evaluate` gives them, of points that need no gradient: it need not be finite there.
   *
   * @param points each in the shape of the input
   * @param called what a refusal calls a point; "the input" where it is left out
   * @throws ExplainProblem GRADIENT_UNAVAILABLE, MODEL_RUN_FAILED or MODEL_OUTPUT_NON_FINITE
   */
  abstract score(points: readonly Float32Array[], target: GradientTarget, called?: PointNames): Promise<Float64Array>;
}

/** A layer of attention with the derivative of a score with respect to each of its probabilities. */
export interface LayerGradients extends LayerAttention {
  /** [heads, queries, keys], row-major. */
  readonly gradients: Float32Array;
}

/** What a score owes to attention. */
export interface AttentionGradients {
  readonly score: number;
  /** In the order of the graph. */
  readonly layers: readonly LayerGradients[];
}

/** What a score owes to the heads: its derivative with respect to a gate of 1 behind each. */
export interface GateGradients {
  readonly score: number;
  readonly layers: readonly LayerHeads[];
  /** One for each head, one layer after the other. */
  readonly gradients: Float64Array;
}

/** A tensor inside the model with the gradient of a score. */
export interface InnerGradients {
  readonly score: number;
  /** Name of the tensor in the file. */
  readonly tensor: string;
  /** Without the axis of the batch: [channels, height, width] or [tokens, width]. */
  readonly shape: readonly number[];
  readonly values: Float32Array;
  readonly gradients: Float32Array;
}

/** A tensor inside the model that Grad-CAM can be made of. */
export interface InnerTensor {
  readonly tensor: string;
  readonly shape: readonly (number | null)[];
  /** What made it, such as Relu or LayerNormalization. */
  readonly operator: string;
}

export interface InnerTensors {
  readonly tensors: readonly InnerTensor[];
  /** The one that is taken where none is named; null where there is none. */
  readonly standard: string | null;
  /** Why that one, a sentence. */
  readonly reason: string;
}
