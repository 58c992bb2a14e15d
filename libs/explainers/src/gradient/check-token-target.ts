import { ExplainProblem } from '../contract/explain-problem.js';
import type { TargetRequest } from '../contract/explainer.js';
import { expectOneProbability } from './expect-one-probability.js';
import { readTokenSpace } from './read-token-space.js';

/**
 * What can be wrong with a target of a language model and needs no tokenizer. A step that is named twice may be a slip or a weight: neither is guessed.
 *
 * @param following tokens that are to be generated, 0 where none is
 * @throws ExplainProblem CLASS_UNKNOWN, TARGET_SPACE_UNSUPPORTED or PARAM_INVALID with the pointer of the target
 */
export function checkTokenTarget(target: TargetRequest, pointer: string, following: number): void {
  const space = readTokenSpace(target, pointer);
  const isNamed = target.token !== undefined || target.tokenId !== undefined || target.contrast !== undefined;
  if (!isNamed) expectOneProbability(space, target.generated?.length ?? following, pointer);
  const steps = target.generated ?? [];
  const again = steps.findIndex((step, at) => steps.indexOf(step) < at);
  if (again < 0) return;
  const detail = `step ${steps[again] ?? ''} is named twice`;
  throw new ExplainProblem('PARAM_INVALID', detail, `${pointer}/generated/${again}`, 'Name each step once.');
}
