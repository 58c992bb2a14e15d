import { gaussLegendre } from '#numeric';
import type { DifferentiableInput, GradientTarget } from '../contract/differentiable.js';
import type { ExplainContext } from '../contract/explainer.js';
import { evaluatePoints, type PointProgress } from '../gradient/evaluate-points.js';

/** What a path from a baseline gave. */
export interface IntegratedPath {
  /** For each number of the input: its difference to the baseline times the mean gradient on the way. */
  readonly values: Float64Array;
  /** Mean gradient on the way. */
  readonly gradient: Float64Array;
}

/**
 * The path integral of the gradient along the straight line from a baseline to the input, by a Gauss-Legendre rule.
 *
 * @param baseline in the shape of the input
 * @throws ExplainProblem CANCELLED, and what the model throws
 * Source: M. Sundararajan, A. Taly and Q. Yan (2017), Axiomatic Attribution for Deep Networks, section 3, equation 1.
 */
export async function integratePath(
  input: DifferentiableInput,
  baseline: Float32Array,
  target: GradientTarget,
  steps: number,
  context: ExplainContext,
  progress: PointProgress,
): Promise<IntegratedPath> {
  const { nodes, weights } = gaussLegendre(steps);
  const difference = Float64Array.from(input.values, (value, at) => value - (baseline[at] ?? NaN));
  const gradient = new Float64Array(difference.length);
  await evaluatePoints(
    input,
    target,
    {
      count: steps,
      make: (step) => walk(baseline, difference, nodes[step] ?? NaN),
      called: (step) => `point ${step + 1} of ${steps} on the way from the baseline`,
      take: (step, _score, own) => {
        const weight = weights[step] ?? NaN;
        for (let at = 0; at < own.length; at++) gradient[at] = (gradient[at] ?? NaN) + weight * (own[at] ?? NaN);
      },
    },
    context,
    progress,
  );
  return { values: difference.map((value, at) => value * (gradient[at] ?? NaN)), gradient };
}

/** A loop, since a Float32Array.from with a function would take a tenth of the whole path. */
function walk(baseline: Float32Array, difference: Float64Array, share: number): Float32Array {
  const point = new Float32Array(difference.length);
  for (let at = 0; at < point.length; at++) point[at] = (baseline[at] ?? NaN) + share * (difference[at] ?? NaN);
  return point;
}
