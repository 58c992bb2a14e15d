import { ExplainProblem } from '../contract/explain-problem.js';
import type { ExplainContext } from '../contract/explainer.js';

/** @throws ExplainProblem CANCELLED where the run was stopped */
export function expectGoing({ cancellation }: ExplainContext): void {
  if (cancellation.aborted) throw new ExplainProblem('CANCELLED', 'the run was stopped');
}
