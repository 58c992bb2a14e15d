import type { TargetRequest } from '../contract/explainer.js';
import { ExplainProblem } from '../contract/explain-problem.js';
import type { ModelDescription } from '../contract/model-description.js';
import { nameChoices } from '../game/name-choices.js';

/**
 * The targets that are explained for every row. A local explanation may speak of whatever class its row is given; means over
 * rows need one class. Where a target names none, the second of two classes is meant.
 *
 * @throws ExplainProblem PARAM_INVALID where there are more than two classes
 */
export function fixTargets(
  { targets, targetPointers }: { readonly targets: readonly TargetRequest[]; readonly targetPointers?: readonly string[] },
  { task, classes }: ModelDescription,
): readonly TargetRequest[] {
  if (task === 'text-regression' || task === 'tabular-regression') return targets;
  return targets.map((target, index) => {
    if (target.class !== undefined || target.contrast !== undefined) return target;
    if (classes.length <= 2) return { ...target, class: Math.max(0, classes.length - 1) };
    throw new ExplainProblem(
      'PARAM_INVALID',
      'attributions of different rows can only be put together for one class, and the target names none',
      `${targetPointers?.[index] ?? `/targets/${index}`}/class`,
      `Name a class: ${nameChoices('', classes)}; or several in targets.`,
    );
  });
}
