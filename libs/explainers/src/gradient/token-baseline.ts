import type { DifferentiableInput } from '../contract/differentiable.js';
import type { Feature } from '../contract/explanation.js';
import type { TextEncoding, TokenModel } from '../contract/model.js';
import type { Baseline } from './gradient-subject.js';

/**
 * What stands for no text: in the place of every token but special ones the row of another token, or zeros. Special tokens keep their rows, so
 * that they are attributed 0; so do tokens that are no part of a feature, such as the marks between words, so that the features' numbers add up.
 *
 * @param features whose tokens are replaced
 * @param maskTokenId null where the tokenizer has no mask token
 * @param choice one that `checkBaseline` lets through; null: pad, which is the row of token 0 where the tokenizer names none
 */
export async function tokenBaseline(
  model: TokenModel,
  { ids, special }: Pick<TextEncoding, 'ids' | 'special'>,
  features: readonly Feature[],
  maskTokenId: number | null,
  choice: string | null,
  { values, shape }: DifferentiableInput,
): Promise<Baseline> {
  const kind = choice ?? 'pad';
  const token = kind === 'mask' ? (maskTokenId ?? 0) : model.padTokenId;
  const own = new Set(features.flatMap((feature) => ('tokens' in feature ? feature.tokens : [])));
  const kept = special.map((isSpecial, at) => isSpecial || !own.has(at));
  const replaced = ids.map((id, at) => (kept[at] === true ? id : token));
  const numbers = await model.embed(replaced);
  const width = shape[1] ?? 0;
  if (kind === 'zero')
    kept.forEach((isKept, at) => {
      if (!isKept) numbers.fill(0, at * width, (at + 1) * width);
    });
  kept.forEach((isKept, at) => {
    // The very numbers: what is kept has no difference at all.
    if (isKept) numbers.set(values.subarray(at * width, (at + 1) * width), at * width);
  });
  const description = kind === 'zero' ? { baseline: kind } : { baseline: kind, tokenId: token };
  const outside = kept.some((isKept, at) => isKept && special[at] !== true);
  return { numbers, description: { ...description, keeps: outside ? 'special tokens, and those of no word' : 'special tokens' } };
}
