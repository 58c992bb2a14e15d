import { rollOutAttention } from '#attribution';
import type { TextModel } from '#explainers';
import type { StoredTensor } from '#testing';
import { compareNumbers, compareWords, type Comparison } from './comparison.js';

/** The parts of attention-gradients.json that are read here. */
export interface AttentionReference {
  readonly tolerance: { readonly attention: number; readonly rollout: number };
  readonly cases: readonly { readonly text: string; readonly tokens: readonly string[] }[];
}

/** Attention of every layer and head, and its rollout from the first token, of every case. @throws RangeError where the tensors lack one */
export async function compareTextAttention(
  { tolerance, cases }: AttentionReference,
  tensors: ReadonlyMap<string, StoredTensor>,
  model: TextModel,
): Promise<readonly Comparison[]> {
  const comparisons: Comparison[] = [];
  for (const [index, { text, tokens }] of cases.entries()) {
    const attention = tensors.get(`attention.${index}`)?.data;
    const rollout = tensors.get(`rollout.${index}`)?.data;
    if (!(attention instanceof Float32Array) || !(rollout instanceof Float64Array))
      throw new RangeError(`the reference has no attention and rollout of case ${index}`);
    const what = JSON.stringify(text.slice(0, 40));
    const encoding = model.encode(text);
    const layers = await model.attend(encoding.ids);
    comparisons.push(
      compareWords(`${what} tokens`, encoding.tokens, tokens),
      compareNumbers(
        `${what} attention`,
        layers.flatMap(({ probabilities }) => [...probabilities]),
        attention,
        tolerance.attention,
      ),
      compareNumbers(
        `${what} rollout`,
        rollOutAttention(layers, encoding.ids.length).subarray(0, encoding.ids.length),
        rollout,
        tolerance.rollout,
      ),
    );
  }
  return comparisons;
}
