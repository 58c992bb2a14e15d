import type { Task } from './task.js';

/** One column of a tabular model, as its manifest describes it. */
export interface FeatureColumn {
  readonly name: string;
  readonly kind: 'numeric' | 'categorical';
  /** Category names in code order; present exactly when `kind` is categorical. */
  readonly categories?: readonly string[] | undefined;
  /** True where the graph reads whole numbers only: a fraction is refused with COLUMN_TYPE, not rounded. */
  readonly integer?: boolean | undefined;
  readonly unit?: string | undefined;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly mean?: number | undefined;
  readonly sd?: number | undefined;
  readonly quartiles?: readonly number[] | undefined;
}

/** How a picture becomes the input of an image model. */
export interface ImageDescription {
  /** Pixels that the model reads; every picture is resized to them. */
  readonly height: number;
  readonly width: number;
  /** 1: grey, 3: red, green, blue in this order. */
  readonly channels: 1 | 3;
  /** Order of the dimensions of the graph's input. */
  readonly layout: 'NCHW' | 'NHWC';
  /** A pixel value p of 0 … 255 is read as (p * scale - mean) / std, by channel. */
  readonly scale: number;
  /** [channels] */
  readonly mean: readonly number[];
  /** [channels] */
  readonly std: readonly number[];
  readonly resample: 'box' | 'nearest' | 'bilinear';
}

/** What the output tensor that is explained holds. */
export type OutputKind = 'logits' | 'probabilities' | 'value' | 'margin';

/**
 * A registered model version as plain data: read from its manifest and its graph once per hash,
 * kept with the version, sent to the child process that runs it.
 */
export interface ModelDescription {
  readonly name: string;
  readonly version: string;
  /** Lower-case hex SHA-256 over the list of its files. */
  readonly sha256: string;
  readonly task: Task;
  /** Class names in output order; empty for a regression, an encoder and a language model. */
  readonly classes: readonly string[];
  /** True where each class has a sigmoid of its own instead of a common softmax. */
  readonly multiLabel: boolean;
  readonly output: { readonly name: string; readonly kind: OutputKind };
  /** Columns in model order; empty for a model that reads no columns. */
  readonly features: readonly FeatureColumn[];
  /** Longest input in tokens, special tokens included; null for a tabular or image model, and a language model whose context nothing says. */
  readonly maxTokens: number | null;
  /** The text of the mask token, null where the tokenizer has none. */
  readonly maskToken: string | null;
  /** Number of rows in the model's own background data, 0 where it has none. */
  readonly backgroundRows: number;
  /**
   * Measured at registration: a row's output has the same bits alone, in a batch, and padded. False where it was not measured: a language
   * model reads one text a run.
   */
  readonly batchInvariant: boolean;
  /** True for a text model that padding changes beyond rounding, whatever its mask says: rows of different length never share a run. */
  readonly paddingMatters?: boolean | undefined;
  /** Present exactly for a model that reads pictures. */
  readonly image?: ImageDescription | undefined;
}
