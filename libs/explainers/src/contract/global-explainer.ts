import type { ExplainContext, ExplainInput, ExplainRequest, MethodDefinition, Plan } from './explainer.js';
import type { ExplainerOutput } from './explanation.js';
import type { ModelDescription } from './model-description.js';
import type { Model } from './model.js';

/** What is known of a version of a data set without opening its rows. */
export interface DatasetDescription {
  readonly kind: 'tabular' | 'text';
  readonly columns: readonly string[];
}

/** A version of a data set and the rows of it, as they were resolved before the job was accepted. */
export interface DatasetInput {
  readonly dataset: string;
  readonly version: string;
  /** Lower-case hex, over all rows of the version. */
  readonly sha256: string;
  /** From the first to before the second, counted from 0; not empty. */
  readonly rows: readonly [from: number, to: number];
}

export interface DatasetRequest<Params> extends Omit<ExplainRequest<Params>, 'input'> {
  readonly input: DatasetInput;
}

/** Rows explained by one child process in one go. */
export interface DatasetPart {
  /** Row numbers in the data set: from the first to before the second. */
  readonly rows: readonly [from: number, to: number];
  /** Evaluations at most, for the progress. */
  readonly evaluations: number;
}

/**
 * What a part found, or several merged: plain data beside many numbers. The platform keeps it encrypted between the processes
 * and reads it back bit for bit.
 */
export interface PartialResult {
  /** JSON values only. */
  readonly document: unknown;
  readonly numbers: Float64Array;
}

/** Totals of a run that the platform counts, not the method. */
export interface DatasetTotals {
  /** Rows that went through the model, over all parts. */
  readonly modelRows: number;
}

/**
 * A method that reads rows of a data set. The rows are explained in parts, by any number of processes at a time; what the
 * parts found is merged in their order, one after the other, so that the result does not depend on who was first, and no
 * process ever holds more than one part.
 */
export interface GlobalExplainer<Params = unknown> extends MethodDefinition<Params> {
  readonly reads: 'dataset';
  /** As for a method that reads one row, and: the columns of the data set against those of the model. Throws ExplainProblem. */
  check(request: DatasetRequest<Params>, description: ModelDescription, dataset: DatasetDescription): void;
  /**
   * @param sample the first few rows asked for
   * @throws ExplainProblem
   */
  plan(request: DatasetRequest<Params>, model: Model, sample: readonly ExplainInput[]): Promise<Plan>;
  /** The parts, in row order. A pure function of the request: never of the number of processes. */
  partition(request: DatasetRequest<Params>, description: ModelDescription): readonly DatasetPart[];
  /**
   * @param part as `partition` gave it
   * @param rows of the part, fewer where the data set ends
   * @throws ExplainProblem
   */
  explainPart(
    request: DatasetRequest<Params>,
    part: DatasetPart,
    rows: readonly ExplainInput[],
    context: ExplainContext,
  ): Promise<PartialResult & { readonly evaluations: number }>;
  /**
   * Adds parts to what was merged before them, one after the other: the same bits however the parts are split over calls.
   * Holds one state, whatever the number of parts.
   *
   * @param before null where nothing was merged yet
   * @param parts in their order
   */
  merge(
    request: DatasetRequest<Params>,
    description: ModelDescription,
    before: PartialResult | null,
    parts: readonly PartialResult[],
  ): PartialResult;
  /** @throws ExplainProblem when no row could be explained */
  conclude(request: DatasetRequest<Params>, description: ModelDescription, merged: PartialResult, totals: DatasetTotals): ExplainerOutput;
}

/** Keeps the parameter type of a definition while the registry holds it as `Explainer`. */
export function defineGlobalExplainer<Params>(explainer: GlobalExplainer<Params>): GlobalExplainer {
  return explainer;
}
