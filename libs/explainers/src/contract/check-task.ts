import { ExplainProblem } from './explain-problem.js';
import type { MethodDefinition } from './explainer.js';
import type { ModelDescription } from './model-description.js';
import { nameChoices } from '../game/name-choices.js';

type TaskedMethod = Pick<MethodDefinition<unknown>, 'method' | 'tasks'>;

/**
 * Whether a method explains this kind of model at all; everything else it checks may take that for granted.
 *
 * @param all methods there are: those that explain the model are named
 * @throws ExplainProblem METHOD_NOT_APPLICABLE
 */
export function checkTask({ method, tasks }: TaskedMethod, { name, task }: ModelDescription, all: readonly TaskedMethod[] = []): void {
  if (tasks.includes(task)) return;
  const fitting = all.filter((one) => one.tasks.includes(task)).map((one) => one.method);
  const remedy = fitting.length === 0 ? null : `Methods for ${task}: ${nameChoices(method, fitting)}.`;
  throw new ExplainProblem('METHOD_NOT_APPLICABLE', `${method} explains ${tasks.join(', ')}; ${name} is ${task}`, '/method', remedy);
}
