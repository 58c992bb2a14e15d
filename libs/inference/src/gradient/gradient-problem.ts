import { ExplainProblem } from '#explainers';
import type { GradientRefusal } from '#graph';

/** A refusal of the graph as a person gets it. */
export function gradientProblem({ detail, remedy }: Pick<GradientRefusal, 'detail' | 'remedy'>): ExplainProblem {
  return new ExplainProblem('GRADIENT_UNAVAILABLE', detail, null, remedy);
}
