import { ExplainProblem } from '../contract/explain-problem.js';
import type { InnerTensors } from '../contract/differentiable.js';
import { nameChoices, quote } from '../game/name-choices.js';

/**
 * The tensor that Grad-CAM reads.
 *
 * @param asked by the request; null for the standard one
 * @throws ExplainProblem PARAM_INVALID for one that is not listed, METHOD_NOT_APPLICABLE where there is none
 */
export function chooseTensor(
  { tensors, standard, reason }: InnerTensors,
  asked: string | null,
): { readonly tensor: string; readonly reason: string } {
  const names = tensors.map(({ tensor }) => tensor);
  if (asked === null) {
    if (standard !== null) return { tensor: standard, reason };
    const remedy = names.length === 0 ? 'Use saliency or integrated-gradients.' : `Name one of: ${nameChoices('', names)}.`;
    throw new ExplainProblem('METHOD_NOT_APPLICABLE', 'no feature map of the model offers itself to Grad-CAM', '/params/tensor', remedy);
  }
  if (names.includes(asked)) return { tensor: asked, reason: 'The request names it.' };
  throw new ExplainProblem(
    'PARAM_INVALID',
    `the model has no feature map ${quote(asked)}`,
    '/params/tensor',
    `Maps: ${nameChoices(asked, names)}.`,
  );
}
