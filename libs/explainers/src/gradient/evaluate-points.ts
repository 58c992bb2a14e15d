import { expectGoing } from '../attention/expect-going.js';
import type { DifferentiableInput, GradientTarget } from '../contract/differentiable.js';
import type { ExplainContext } from '../contract/explainer.js';

/** Points to a call: enough to fill runs, few enough to stop soon. */
const atOnce = 16;

/** How far a run is, over all its targets. */
export interface PointProgress {
  done: number;
  readonly total: number;
  readonly phase: string;
}

/**
 * Scores and gradients of points, some at a time, each handed over as it comes.
 *
 * @param count of points
 * @param make the point of a number
 * @throws ExplainProblem CANCELLED, and what the model throws
 */
export async function evaluatePoints(
  input: DifferentiableInput,
  target: GradientTarget,
  {
    count,
    make,
    take,
  }: { count: number; make: (at: number) => Float32Array; take: (at: number, score: number, gradient: Float32Array) => void },
  context: ExplainContext,
  progress: PointProgress,
): Promise<void> {
  for (let from = 0; from < count; from += atOnce) {
    expectGoing(context);
    const points = Array.from({ length: Math.min(atOnce, count - from) }, (_, at) => make(from + at));
    const { scores, gradients } = await input.evaluate(points, target);
    gradients.forEach((gradient, at) => take(from + at, scores[at] ?? NaN, gradient));
    progress.done += points.length;
    context.report({ done: progress.done, total: Math.max(progress.total, progress.done), phase: progress.phase });
  }
  expectGoing(context);
}
