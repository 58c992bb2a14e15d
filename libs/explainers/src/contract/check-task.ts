import { ExplainProblem } from './explain-problem.js';
import type { MethodDefinition } from './explainer.js';
import type { ModelDescription } from './model-description.js';

/**
 * Whether a method explains this kind of model at all; everything else it checks may take that for granted.
 *
 * @throws ExplainProblem METHOD_NOT_APPLICABLE
 */
export function checkTask({ method, tasks }: Pick<MethodDefinition<unknown>, 'method' | 'tasks'>, { name, task }: ModelDescription): void {
  if (tasks.includes(task)) return;
  throw new ExplainProblem('METHOD_NOT_APPLICABLE', `${method} explains ${tasks.join(', ')}; ${name} is ${task}`, '/method');
}
