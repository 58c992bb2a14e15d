import type { StoredTensor } from '#testing';
import { compareNumbers, type Comparison } from './comparison.js';
import type { Explain } from './exact-shap.js';

/** The parts of attention-gradients.json that are read here. */
export interface GradientReference {
  readonly tolerance: Readonly<Record<string, number>>;
  readonly cases: readonly {
    readonly text: string;
    readonly target: { readonly class: string; readonly space: string };
    readonly score: number;
    readonly baseScore: number;
  }[];
}

interface Explained {
  readonly targets: readonly { readonly score: number; readonly baseScore: number | null }[];
  readonly attributions: readonly (readonly number[])[];
  readonly tensors?: readonly { readonly name: string; readonly data: Float32Array }[];
}

/** Gradient, integrated gradients and relevance of every case of a text classifier. @throws RangeError where the tensors lack one */
export async function compareTextGradients(
  { tolerance, cases }: GradientReference,
  tensors: ReadonlyMap<string, StoredTensor>,
  explain: Explain,
): Promise<readonly Comparison[]> {
  const comparisons: Comparison[] = [];
  for (const [index, { text, target, score, baseScore }] of cases.entries()) {
    const what = JSON.stringify(text.slice(0, 40));
    const stored = (name: string) => numbersOf(tensors, name);
    const ask = async (method: string, params: object) =>
      (await explain({ method, input: { text }, target, params: { players: 'tokens', ...params }, seed: 1 })) as unknown as Explained;
    const saliency = await ask('saliency', { reduce: 'l2', keep: ['gradient'] });
    const integrated = await ask('integrated-gradients', { steps: 50, maxSteps: 50 });
    const relevance = await ask('attention-relevance', {});
    const gradient = saliency.tensors?.find(({ name }) => name === 'gradient')?.data ?? new Float32Array(0);
    comparisons.push(
      compareNumbers(`${what} score`, [saliency.targets[0]?.score ?? NaN], [score], tolerance['logits'] ?? 0),
      compareRelative(`${what} gradient`, gradient, stored(`gradient.${index}.float64`), tolerance['gradient relative l2'] ?? 0),
      compareNumbers(
        `${what} integrated gradients`,
        integrated.attributions[0] ?? [],
        stored(`integrated-gradients.${index}`),
        tolerance['integrated-gradients abs'] ?? 0,
      ),
      compareNumbers(`${what} relevance`, relevance.attributions[0] ?? [], stored(`relevance.${index}`), tolerance['relevance'] ?? 0),
      compareNumbers(`${what} base score`, [integrated.targets[0]?.baseScore ?? NaN], [baseScore], tolerance['logits'] ?? 0),
    );
  }
  return comparisons;
}

/** Relative L2 error in place of the largest one. */
export function compareRelative(what: string, actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): Comparison {
  let [wrong, size] = [actual.length === expected.length ? 0 : Infinity, 0];
  for (let at = 0; at < expected.length; at++) {
    wrong += ((actual[at] ?? NaN) - (expected[at] ?? NaN)) ** 2;
    size += (expected[at] ?? NaN) ** 2;
  }
  const error = Math.sqrt(wrong / size);
  return { what, maxAbsError: Number.isNaN(error) ? Infinity : error, tolerance, ok: error <= tolerance };
}

export function numbersOf(tensors: ReadonlyMap<string, StoredTensor>, name: string): Float64Array {
  const stored = tensors.get(name);
  if (stored === undefined) throw new RangeError(`the reference has no ${name}`);
  return Float64Array.from(stored.data as ArrayLike<number>, Number);
}
