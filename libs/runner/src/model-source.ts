import type { Model } from '#explainers';
import type { InferenceRuntime } from './run-environment.js';
import type { ModelFiles, ProbedModel, ProbeOrder } from './runner.js';

/** A model held open between runs. */
export interface OpenModel {
  /**
   * The model as one run sees it, with counters that start at zero.
   *
   * @param cache `bypass`: no prediction of an earlier run is used
   */
  forRun(cache: 'use' | 'bypass'): Model;
  /** Milliseconds spent in predictions since `forRun`. */
  readonly modelMs: number;
  close(): Promise<void>;
}

/** Where a child gets its models from. */
export abstract class ModelSource {
  abstract readonly runtime: InferenceRuntime;
  /** Throws ExplainProblem. */
  abstract open(model: ModelFiles): Promise<OpenModel>;
  /** Throws ExplainProblem. */
  abstract probe(order: ProbeOrder): Promise<ProbedModel>;
}
