import { ExplainProblem } from '../contract/explain-problem.js';
import type { DifferentiableInput } from '../contract/differentiable.js';
import type { TextEncoding, TokenModel } from '../contract/model.js';
import type { Baseline } from './gradient-subject.js';

export const tokenBaselines = ['pad', 'mask', 'zero'] as const;

/**
 * What stands for no text: in the place of every token but special ones the row of another token, or zeros. Special tokens keep their rows, so
 * that they are attributed 0.
 *
 * @param maskTokenId null where the tokenizer has no mask token
 * @param choice null: pad, which is the row of token 0 where the tokenizer names none
 */
export async function tokenBaseline(
  model: TokenModel,
  { ids, special }: Pick<TextEncoding, 'ids' | 'special'>,
  maskTokenId: number | null,
  choice: string | null,
  { values, shape }: DifferentiableInput,
): Promise<Baseline> {
  const kind = choice ?? 'pad';
  if (!(tokenBaselines as readonly string[]).includes(kind)) {
    const remedy = `Use one of: ${tokenBaselines.join(', ')}.`;
    throw new ExplainProblem('PARAM_INVALID', `a text has no baseline ${kind}`, '/params/baseline', remedy);
  }
  if (kind === 'mask' && maskTokenId === null) {
    const remedy = 'Use pad or zero.';
    throw new ExplainProblem('PARAM_INVALID', 'the tokenizer of this model has no mask token', '/params/baseline', remedy);
  }
  const token = kind === 'mask' ? (maskTokenId ?? 0) : model.padTokenId;
  const replaced = ids.map((id, at) => (special[at] === true ? id : token));
  const numbers = await model.embed(replaced);
  const width = shape[1] ?? 0;
  if (kind === 'zero') special.forEach((isSpecial, at) => void (isSpecial || numbers.fill(0, at * width, (at + 1) * width)));
  special.forEach((isSpecial, at) => {
    // The very numbers: what is kept has no difference at all.
    if (isSpecial) numbers.set(values.subarray(at * width, (at + 1) * width), at * width);
  });
  const description = kind === 'zero' ? { baseline: kind } : { baseline: kind, tokenId: token };
  return { numbers, description: { ...description, keeps: 'special tokens' } };
}
