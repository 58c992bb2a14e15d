import type { TokenScore } from '../contract/differentiable.js';
import { ExplainProblem } from '../contract/explain-problem.js';
import type { TargetRequest } from '../contract/explainer.js';
import { quote } from '../game/name-choices.js';

const spaces = ['log-probability', 'logit', 'probability'] as const;

/**
 * Which number of a language model a target is about: what can be said without a tokenizer.
 *
 * @throws ExplainProblem CLASS_UNKNOWN or TARGET_SPACE_UNSUPPORTED with the pointer of the target
 */
export function readTokenSpace(target: TargetRequest, pointer: string): TokenScore['space'] {
  if (target.class !== undefined) {
    const remedy = 'Name a token, tokens after the prompt, or a contrast of two tokens.';
    throw new ExplainProblem('CLASS_UNKNOWN', 'a language model has tokens and no classes', `${pointer}/class`, remedy);
  }
  const { space, contrast } = target;
  const standard = contrast === undefined ? 'log-probability' : 'logit';
  const found = space === undefined ? standard : spaces.find((one) => one === space);
  if (found !== undefined) return found;
  const detail = `a token of a language model has no space ${quote(space ?? '')}`;
  throw new ExplainProblem('TARGET_SPACE_UNSUPPORTED', detail, `${pointer}/space`, `Supported: ${spaces.join(', ')}.`);
}
