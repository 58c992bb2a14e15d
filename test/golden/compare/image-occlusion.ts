import type { StoredTensor } from '#testing';
import type { Comparison } from './comparison.js';
import type { Explain } from './exact-shap.js';

/** Relative L2 of each tensor that the reference file states. */
const tolerance = 1e-5;
/** Cases whose map the reference keeps. */
const mapped = [2, 3];

/** What a run gave, and the map that lies beside its document. */
export type ExplainPicture = (
  request: unknown,
) => Promise<{ readonly explanation: Record<string, unknown>; readonly map: ArrayLike<number> }>;

/**
 * Occlusion of a digit classifier against its reference: the logit, the drop of each window, and the map of two cases.
 *
 * @param images base64 of the PNGs, in the order of the names of their files
 */
export async function compareImageOcclusion(
  model: string,
  tensors: ReadonlyMap<string, StoredTensor>,
  images: readonly string[],
  explain: ExplainPicture,
): Promise<readonly Comparison[]> {
  const numbers = (name: string): readonly number[] => Array.from(tensors.get(name)?.data ?? [], Number);
  const [examples, classes] = [numbers('case_example'), numbers('case_target')];
  const comparisons: Comparison[] = [];
  for (const [at, example] of examples.entries()) {
    const index = classes[at] ?? NaN;
    const { explanation, map } = await explain({
      method: 'occlusion',
      model: { name: model },
      input: { image: { mediaType: 'image/png', base64: images[example] ?? '' } },
      target: { class: index, space: 'logit' },
      seed: 1,
    });
    const [target] = explanation['targets'] as { readonly score: number }[];
    const [attributions = []] = explanation['attributions'] as number[][];
    const what = `occlusion ${model} example ${example} class ${index}`;
    comparisons.push(
      compareSize(`${what} logit`, [target?.score ?? NaN], numbers('logits').slice(at * 10 + index, at * 10 + index + 1)),
      compareSize(what, attributions, numbers('occlusion').slice(at * 225, (at + 1) * 225)),
    );
    const place = mapped.indexOf(at);
    if (place >= 0) comparisons.push(compareSize(`${what} map`, map, numbers('occlusion_map').slice(place * 4096, (place + 1) * 4096)));
  }
  return comparisons;
}

/** Keeps an explainer of this process and its tensor for the comparison. */
export function explainHere(explain: Explain): ExplainPicture {
  return async (request) => {
    const explanation = await explain(request);
    const tensors = explanation['tensors'] as readonly { readonly name: string; readonly data: ArrayLike<number> }[];
    return { explanation, map: tensors.find(({ name }) => name === 'map')?.data ?? [] };
  };
}

function compareSize(what: string, actual: ArrayLike<number>, expected: readonly number[]): Comparison {
  const size = Math.sqrt(expected.reduce((sum, value) => sum + value ** 2, 0));
  const wrong = Math.sqrt(expected.reduce((sum, value, at) => sum + ((actual[at] ?? NaN) - value) ** 2, 0));
  const error = actual.length === expected.length && expected.length > 0 ? wrong / size : Infinity;
  return { what, maxAbsError: error, tolerance, ok: error <= tolerance };
}
