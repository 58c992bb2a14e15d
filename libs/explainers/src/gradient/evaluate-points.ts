import { expectGoing } from '../attention/expect-going.js';
import type { DifferentiableInput, GradientTarget, PointNames } from '../contract/differentiable.js';
import type { ExplainContext } from '../contract/explainer.js';

/** Points to a call: enough to fill runs, few enough to stop soon. */
const atOnce = 16;

/** How far a run is, over all its targets. */
export interface PointProgress {
  done: number;
  readonly total: number;
  readonly phase: string;
}

/** Points whose gradients are taken one after the other. */
export interface PointSeries {
  readonly count: number;
  readonly make: (at: number) => Float32Array;
  readonly take: (at: number, score: number, gradient: Float32Array) => void;
  /** What a refusal calls each; the input where it is left out. */
  readonly called?: PointNames;
}

/**
 * Scores and gradients of points, some at a time, each handed over as it comes.
 *
 * @throws ExplainProblem CANCELLED, and what the model throws
 */
export async function evaluatePoints(
  input: DifferentiableInput,
  target: GradientTarget,
  { count, make, take, called }: PointSeries,
  context: ExplainContext,
  progress: PointProgress,
): Promise<void> {
  for (let from = 0; from < count; from += atOnce) {
    expectGoing(context);
    const points = Array.from({ length: Math.min(atOnce, count - from) }, (_, at) => make(from + at));
    const { scores, gradients } = await input.evaluate(points, target, called === undefined ? undefined : (at) => called(from + at));
    gradients.forEach((gradient, at) => take(from + at, scores[at] ?? NaN, gradient));
    progress.done += points.length;
    context.report({ done: progress.done, total: Math.max(progress.total, progress.done), phase: progress.phase });
  }
  expectGoing(context);
}
