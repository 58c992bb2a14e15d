import type { Span } from './model.js';

/** A player of the game as it is shown to people. Text features have `text`, `span`, `tokens`; columns `name`, `value`. */
export interface TextFeature {
  readonly text: string;
  readonly span: Span;
  /** Indices of its tokens in the encoding. */
  readonly tokens: readonly number[];
}
export interface ColumnFeature {
  readonly name: string;
  /** Category name or number; null for a group of columns. */
  readonly value: string | number | null;
  /** Member columns, for a group only. */
  readonly columns?: readonly string[];
}
/** A group of text spans named by the caller. */
export interface SpanGroupFeature {
  readonly name: string;
  readonly spans: readonly Span[];
  readonly tokens: readonly number[];
}
/** A rectangle of a picture as its model reads it, in pixels after resizing. */
export interface RegionFeature {
  readonly name: string;
  /** Half-open, from 0 at the top. */
  readonly rows: readonly [start: number, end: number];
  /** Half-open, from 0 at the left. */
  readonly columns: readonly [start: number, end: number];
}
export type Feature = TextFeature | ColumnFeature | SpanGroupFeature | RegionFeature;

export const targetSpaces = ['probability', 'log-probability', 'logit', 'log-odds', 'margin', 'link-of-mean', 'value'] as const;
export type TargetSpace = (typeof targetSpaces)[number];

/** A target after resolution: which number was explained, and what it was. */
export interface TargetResult {
  /** Class name; null for regression. */
  readonly class: string | null;
  readonly index: number | null;
  /** For a contrast of two classes: the class subtracted. */
  readonly against?: { readonly class: string; readonly index: number };
  readonly space: TargetSpace;
  readonly score: number;
  /** Worth of the empty coalition, score of the baseline; for lime the surrogate's intercept. Null for methods whose numbers add up to nothing. */
  readonly baseScore: number | null;
  /** score - baseScore - sum of attributions; null where there is no base. */
  readonly completenessGap: number | null;
}

export interface Warning {
  readonly code: string;
  /** One sentence a person can read, with what to do. */
  readonly message: string;
}

/** One class of the model's answer, or the value of a regression. A model that answers with margins: the margin of each class. */
export type Prediction = { readonly label: string; readonly probability: number } | { readonly value: number; readonly class?: string };

/** Numbers kept outside the result document. */
export interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** u8-sqrt: probabilities as bytes u of (u / 255)². */
  readonly dtype: 'f32' | 'f64' | 'u8' | 'u8-sqrt';
  readonly data: Float32Array | Float64Array | Uint8Array;
  readonly maxAbsError: number;
}

export interface Quality {
  /** Weighted R² of a surrogate, one per target; null where the method has none. */
  readonly fidelity: readonly number[] | null;
  readonly [measure: string]: unknown;
}

/** What an explainer returns: the part of an explanation that the result hash covers, plus counters. */
export interface ExplainerOutput {
  readonly prediction: readonly Prediction[];
  readonly features: readonly Feature[];
  readonly targets: readonly TargetResult[];
  /** [target][feature], in the unit of the target's space. */
  readonly attributions: readonly (readonly number[])[];
  /** [target][feature]; null for methods that do not sample. */
  readonly standardErrors: readonly (readonly number[])[] | null;
  /** Coalitions (or perturbations) whose worth was asked for. */
  readonly evaluations: number;
  /** Rows that went through the model for them. */
  readonly modelRows: number;
  readonly budget: number;
  /** True when the attributions are estimates from a sample. */
  readonly estimated: boolean;
  /** True when the method stopped before what was asked, other than by reaching the requested precision. */
  readonly truncated: boolean;
  /** Parts of the text that the model could not see. */
  readonly unexplained: readonly Span[];
  /** What absence meant: the masker, and the reference it used. */
  readonly baseline: Readonly<Record<string, unknown>>;
  readonly quality: Quality;
  readonly warnings: readonly Warning[];
  /** Method-specific part, checked against the definition's `result` schema; absent where a method has none. */
  readonly result?: unknown;
  readonly tensors?: readonly Tensor[];
}
