import { ExplainProblem } from '../contract/explain-problem.js';
import type { ExplainRequest } from '../contract/explainer.js';

/**
 * A method that shows what a model does and explains no score has no target.
 *
 * @throws ExplainProblem PARAM_INVALID at the first that was given
 */
export function refuseTargets(request: Pick<ExplainRequest<unknown>, 'targets' | 'targetPointers'>, method: string): void {
  const at = request.targets.findIndex((target) => Object.values(target).some((value) => value !== undefined));
  if (at < 0) return;
  const pointer = request.targetPointers?.[at] ?? `/targets/${at}`;
  throw new ExplainProblem('PARAM_INVALID', `${method} explains no score and has no target`, pointer, 'Leave the target out.');
}
