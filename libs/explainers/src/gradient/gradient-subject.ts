import type { NumberRange } from '#attribution';
import type { DifferentiableInput, GradientTarget } from '../contract/differentiable.js';
import type { Feature, Prediction, TargetResult, Warning } from '../contract/explanation.js';
import type { ImageReading } from '../contract/image-model.js';
import type { PictureSize } from './image-cells.js';
import type { Model, Span } from '../contract/model.js';

/** What a target is called, without its numbers. */
export type NamedTarget = Omit<TargetResult, 'score' | 'baseScore' | 'completenessGap'>;

/** A target with the score that its gradient is of. */
export interface SubjectTarget {
  readonly name: NamedTarget;
  readonly scored: GradientTarget;
}

/** A reference input: what stands for none of it. */
export interface Baseline {
  readonly numbers: Float32Array;
  /** As the result tells it. */
  readonly description: Readonly<Record<string, unknown>>;
}

/** An input that is explained by gradients, whatever its kind. */
export interface GradientSubject {
  readonly model: Model;
  readonly features: readonly Feature[];
  /** For each feature the numbers of the input that are its own; width is the numbers of a token, 1 of a column. */
  readonly partsOf: (width: number) => readonly (readonly NumberRange[])[];
  readonly prediction: readonly Prediction[];
  readonly targets: readonly SubjectTarget[];
  readonly unexplained: readonly Span[];
  readonly warnings: readonly Warning[];
  /** Of a picture: what it was read as. */
  readonly reading?: ImageReading;
  /** Of a picture: its sides as the model reads it. */
  readonly picture?: PictureSize;
  /** Of a row: how far each column's numbers spread, in its own unit; 0 where nothing says it, and for codes, between which there is nothing. */
  readonly spreads?: () => Promise<Float64Array>;
  /** Score of the file itself, where the gradient is of its twin. */
  readonly fileScore?: (target: GradientTarget) => Promise<number>;
  /** Beside the attributions, such as the tokens that were generated. */
  readonly result?: unknown;
  readonly open: () => Promise<DifferentiableInput>;
  /** @throws ExplainProblem PARAM_INVALID for a baseline that this kind of input has not */
  readonly baseline: (choice: string | null, input: DifferentiableInput) => Promise<Baseline>;
}
