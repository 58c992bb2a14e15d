import { compareNumbers, type Comparison } from './comparison.js';
import type { Explain } from './exact-shap.js';

/** What is promised of integrated gradients: gaps within 1e-3 of the difference of the scores and 0.01, on 99 of 100 reviews, in 512 steps. */
const promise = { relative: 1e-3, absolute: 0.01, share: 0.99, steps: 512 };

interface Explained {
  readonly targets: readonly { readonly score: number; readonly baseScore: number }[];
  readonly attributions: readonly (readonly number[])[];
  readonly result: { readonly paths: readonly { readonly steps: number }[] };
}

/**
 * Whether integrated gradients add up, without a reference: the predicted class of each review, its logit, the method's own parameters. Gaps are
 * taken of the numbers themselves, not of what the method says of them.
 */
export async function compareCompleteness(texts: readonly string[], explain: Explain): Promise<Comparison> {
  const steps: number[] = [];
  let [closed, worst] = [0, 0];
  for (const text of texts) {
    const output = await explain({
      method: 'integrated-gradients',
      model: { name: 'sst2-minilm' },
      input: { text },
      target: { space: 'logit' },
      seed: 1,
    });
    const { targets, attributions, result } = output as unknown as Explained;
    const { score, baseScore } = targets[0] ?? { score: NaN, baseScore: NaN };
    const gap = Math.abs((attributions[0] ?? []).reduce((sum, value) => sum - value, score - baseScore));
    const taken = result.paths[0]?.steps ?? Infinity;
    if (gap <= promise.relative * Math.abs(score - baseScore) + promise.absolute && taken <= promise.steps) closed++;
    worst = Math.max(worst, gap);
    steps.push(taken);
  }
  const what =
    `integrated gradients of ${texts.length} reviews: ${((100 * closed) / texts.length).toFixed(1)} % add up, ` +
    `steps ${median(steps)} in the median and ${Math.max(...steps)} at most, worst gap ${worst.toFixed(4)}; share that does not`;
  return compareNumbers(what, [1 - closed / texts.length], [0], 1 - promise.share);
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;
}
