/** Half-open range of UTF-16 code units. */
export type FigureSpan = readonly [start: number, end: number];

/** What figures read of a player. */
export type FigureFeature =
  | { readonly text: string; readonly span: FigureSpan }
  | { readonly name: string; readonly value: string | number | null }
  | { readonly name: string; readonly spans: readonly FigureSpan[] }
  | { readonly name: string; readonly rows: readonly [start: number, end: number] };

/** What figures read of a target. */
export interface FigureTarget {
  readonly class: string | null;
  readonly against?: { readonly class: string } | undefined;
  readonly space: string;
  readonly score: number;
  /** Null for methods whose numbers add up to nothing. */
  readonly baseScore: number | null;
  readonly completenessGap: number | null;
}

/** What the numbers are, where they are no parts of the score. */
export interface FigureMeasure {
  /** What they are measured in. */
  readonly unit: string;
  /** Whether they speak for and against; else they are sizes, 0 or more. */
  readonly isSigned: boolean;
}

/** The slice of an explanation that one figure shows: one target. Lists are in the order of the features. */
export interface AttributionSlice {
  readonly features: readonly FigureFeature[];
  readonly target: FigureTarget;
  readonly attributions: readonly number[];
  readonly standardErrors: readonly number[] | null;
  /** Left out where the attributions are parts of the score, in its unit. */
  readonly measure?: FigureMeasure | undefined;
}

/** With the text that the features are pieces of. */
export interface TextSlice extends AttributionSlice {
  readonly text: string;
  /** Parts that the model could not see. */
  readonly unexplained: readonly FigureSpan[];
}
