import type { ModelDescription } from '#explainers';

/** What the measuring process is to do; each order has a process of its own, since memory is measured by its peak. */
export type LlmOrder =
  | { readonly kind: 'probe'; readonly folder: string }
  | { readonly kind: 'plain' | 'explained'; readonly folder: string; readonly description: ModelDescription; readonly work: LlmWork };

export interface LlmWork {
  readonly prompt: string;
  /** Of the prompt, each. */
  readonly tokens: number;
  readonly generated: number;
}

export type LlmAnswer = { readonly kind: 'probed'; readonly description: ModelDescription; readonly seconds: number } | LlmMeasurement;

export interface LlmMeasurement {
  readonly kind: 'measured';
  /** Of the work, after the model was opened. */
  readonly seconds: number;
  /** Resident memory at its peak. */
  readonly peakBytes: number;
  /** Ids that followed the prompt. */
  readonly ids: readonly number[];
  /** Weights of attention that were kept. */
  readonly weights: number;
}
