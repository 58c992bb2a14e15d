import type { StoredTensor } from '#testing';
import type { Comparison } from './comparison.js';
import type { Explain } from './exact-shap.js';
import { compareRelative, numbersOf } from './gradients.js';

/** The parts of golden.json of a language model that are read here. */
export interface GenerationGradientReference {
  readonly prompts: readonly {
    readonly file: string;
    readonly prompt: string;
    readonly promptTokens: number;
    /** Generated tokens whose integrated gradients are stored. */
    readonly igSteps: readonly number[];
    readonly contrast: { readonly step: number; readonly a: number; readonly b: number };
    readonly tolerance: Readonly<Record<string, number>>;
  }[];
}

interface Explained {
  readonly attributions: readonly (readonly number[])[];
  readonly result?: { readonly generated?: readonly { readonly tokenId: number }[] };
  readonly tensors?: readonly { readonly name: string; readonly data: Float32Array }[];
}

/**
 * Saliency, gradient x input and integrated gradients of the log-probability of generated tokens, and the gradient of a contrast of two, of every
 * prompt. Rows are filled up with zeros behind the tokens that were read.
 */
export async function compareGenerationGradients(
  { prompts }: GenerationGradientReference,
  read: (file: string) => ReadonlyMap<string, StoredTensor> | Promise<ReadonlyMap<string, StoredTensor>>,
  explain: Explain,
): Promise<readonly Comparison[]> {
  const comparisons: Comparison[] = [];
  for (const { file, prompt, promptTokens, igSteps, contrast, tolerance } of prompts) {
    const tensors = await read(file);
    const stored = (name: string) => numbersOf(tensors, name);
    const [steps = 0, tokens = 0] = tensors.get('saliency_l2')?.shape ?? [];
    const input = { prompt, generate: { maxTokens: steps, sampling: 'greedy' } };
    const ask = async (method: string, targets: readonly object[], params: object) =>
      (await explain({ method, input, targets, params, seed: 1 })) as unknown as Explained;
    const rows = ({ attributions }: Explained) => attributions.flatMap((row) => [...row, ...Array<number>(tokens - row.length).fill(0)]);
    const every = Array.from({ length: steps }, (_, step) => ({ generated: [step] }));
    const what = JSON.stringify(prompt.slice(0, 24));
    const compare = (name: string, actual: ArrayLike<number>, key = name) =>
      void comparisons.push(compareRelative(`${what} ${name}`, actual, stored(key), tolerance[name] ?? 0));

    // Sixteen targets to a request at most.
    const perStep = async (reduce: string) => {
      const numbers: number[] = [];
      for (let from = 0; from < steps; from += 16) numbers.push(...rows(await ask('saliency', every.slice(from, from + 16), { reduce })));
      return numbers;
    };
    compare('saliency_l2', await perStep('l2'));
    compare('gradient_x_input', await perStep('input-x-gradient'));
    const chosen = igSteps.map((step) => ({ generated: [step] }));
    compare('ig_tokens', rows(await ask('integrated-gradients', chosen, { steps: 50, maxSteps: 50 })));
    const position = promptTokens + contrast.step - 1;
    const contrasted = await ask('saliency', [{ contrast: [contrast.a, contrast.b], position, space: 'logit' }], {
      reduce: 'input-x-gradient',
      keep: ['gradient'],
    });
    compare('contrast_gradient_x_input', rows(contrasted));
    const gradient = contrasted.tensors?.find(({ name }) => name === 'gradient')?.data;
    if (gradient === undefined) continue;
    const whole = new Float32Array(stored('contrast_gradient').length);
    whole.set(gradient);
    compare('contrast_gradient', whole);
  }
  return comparisons;
}
