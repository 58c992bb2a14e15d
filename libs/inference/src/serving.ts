import type { FeatureColumn, ImageDescription, Task } from '#explainers';
import type { ChosenOutput } from './session/choose-output.js';

/** What a model is and how it is served, as its files say it; nothing has been run. */
export interface Serving {
  readonly task: Task;
  /** In output order; empty for a regression, an encoder and a language model. */
  readonly classes: readonly string[];
  readonly multiLabel: boolean;
  readonly output: ChosenOutput;
  /** Numbers a row is answered with; of a language model its vocabulary, of an encoder none. */
  readonly outputs: number;
  /** Empty for a model that reads no columns. */
  readonly features: readonly FeatureColumn[];
  /** Null for a tabular or image model, and a language model whose context nothing says. */
  readonly maxTokens: number | null;
  /** Present exactly for a model that reads pictures. */
  readonly image?: ImageDescription;
}
