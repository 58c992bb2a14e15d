import type { FeatureColumn, Task } from '#explainers';
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
  /** Empty for a model that reads text. */
  readonly features: readonly FeatureColumn[];
  /** Null for a tabular model, and a language model whose context nothing says. */
  readonly maxTokens: number | null;
}
