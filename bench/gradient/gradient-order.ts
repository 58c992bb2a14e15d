import type { ModelDescription } from '#explainers';

interface OneModel {
  readonly folder: string;
  readonly description: ModelDescription;
  /** Of the text, exactly; null for a picture of the model's examples. */
  readonly tokens: number | null;
}

/** What the measuring process is to do; it has one model. */
export type GradientOrder =
  | { readonly kind: 'probe'; readonly folder: string }
  /** Opens the model and does everything once. */
  | ({ readonly kind: 'open' } & OneModel)
  /** One pass, then one pass forward and back, in turns. */
  | { readonly kind: 'passes'; readonly rounds: number }
  /** Plain passes of batches, then integrated gradients. */
  | { readonly kind: 'path'; readonly steps: number }
  /** Opens the model and does one of both a few times. */
  | ({ readonly kind: 'memory'; readonly gradients: boolean } & OneModel);

export type GradientAnswer =
  | { readonly kind: 'probed'; readonly description: ModelDescription }
  /** `ids` of the text and the model's answer to it; both empty for other models than classifiers of text. */
  | { readonly kind: 'opened'; readonly ids: readonly number[]; readonly outputs: readonly number[] }
  /** Milliseconds of each round. */
  | { readonly kind: 'passed'; readonly forward: readonly number[]; readonly both: readonly number[] }
  | { readonly kind: 'walked'; readonly batches: readonly Batch[]; readonly explained: number; readonly modelRows: number }
  | { readonly kind: 'peaked'; readonly bytes: number };

/** Milliseconds of one plain pass of a batch. */
export interface Batch {
  readonly rows: number;
  readonly milliseconds: number;
}
