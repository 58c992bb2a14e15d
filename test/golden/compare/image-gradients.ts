import type { ImageModel } from '#explainers';
import type { StoredTensor } from '#testing';
import type { Comparison } from './comparison.js';
import type { Explain } from './exact-shap.js';
import { compareRelative } from './gradients.js';
import { PictureMaps } from './picture-maps.js';

/** The parts of digits-*.json that are read here. */
export interface ImageGradientReference {
  /** Relative L2 of each tensor. */
  readonly tolerance: Readonly<Record<string, number>>;
}

interface Explained {
  readonly tensors?: readonly { readonly name: string; readonly data: ArrayLike<number> }[];
}

/** Standard deviation of the noise that is stored as integers, and what one of them is of it. */
const noiseUnit = 0.5 / 32;
const nodes = 50;
/** The one case whose attention and its gradient are stored whole. */
const attended = { example: 8, index: 8 };

/**
 * Every method of gradients of a digit classifier against its reference, one case (picture, class) after the other. Tensors of the reference
 * have a row for each case, or for two of them.
 *
 * @param images base64 of the PNGs, in the order of the names of their files
 */
export async function compareImageGradients(
  name: string,
  { tolerance }: ImageGradientReference,
  tensors: ReadonlyMap<string, StoredTensor>,
  images: readonly string[],
  model: ImageModel,
  explain: Explain,
): Promise<readonly Comparison[]> {
  const [examples, classes] = [numbersOf(tensors, 'case_example'), numbersOf(tensors, 'case_target')];
  const comparisons: Comparison[] = [];
  for (const at of examples.keys()) {
    const [example = NaN, index = NaN] = [examples[at], classes[at]];
    const image = { mediaType: 'image/png' as const, base64: images[example] ?? '' };
    const compare = (tensor: string, actual: () => ArrayLike<number>, under = tensor) => {
      const expected = rowOf(tensors, tensor, at, examples.length);
      if (expected === null) return;
      comparisons.push(compareRelative(`${name} example ${example} class ${index} ${tensor}`, actual(), expected, tolerance[under] ?? 0));
    };
    const ask = async (method: string, params: object) => {
      const { tensors: found = [] } = (await explain({
        ...{ method, model: { name }, input: { image }, target: { class: index, space: 'logit' }, params, seed: 1 },
      })) as Explained;
      return (wanted: string) => found.find((one) => one.name === wanted)?.data ?? [];
    };
    const { input } = await model.read(image);
    const target = { index, space: 'logit', against: null } as const;
    const maps = new PictureMaps(model, input, target);

    const logits = await model.predict([input]);
    compare('logits', () => logits);
    const saliency = await ask('saliency', { reduce: 'max-abs', keep: ['gradient'] });
    compare('gradient', () => saliency('gradient'));
    compare('saliency', () => saliency('map'));
    const integrated = await ask('integrated-gradients', { steps: nodes, maxSteps: nodes, baseline: 'black', keep: ['gradient'] });
    compare('integrated_gradients', () => timesWay(integrated('gradient'), input, model));
    compare('integrated_gradients_map', () => integrated('map'), 'integrated_gradients');
    if (rowOf(tensors, 'smooth_grad', at, examples.length) !== null) {
      const smooth = await averageNoisy(model, input, index, numbersOf(tensors, 'smooth_grad_noise'));
      compare('smooth_grad', () => smooth);
    }

    const feature = await maps.feature();
    compare('feature_map', () => feature.values);
    compare('feature_gradient', () => feature.gradients);
    const cam = await ask('grad-cam', {});
    compare('grad_cam_coarse', () => cam('coarse'));
    compare('grad_cam', () => cam('map'));
    if (!tensors.has('relevance')) continue;
    const attention = await maps.attention();
    if (example === attended.example && index === attended.index && tensors.has('attention')) {
      const whole = (tensor: string, actual: readonly number[]) =>
        void comparisons.push(compareRelative(`${name} ${tensor}`, actual, numbersOf(tensors, tensor), tolerance[tensor] ?? 0));
      whole(
        'attention',
        attention.layers.flatMap(({ probabilities }) => [...probabilities]),
      );
      whole(
        'attention_gradient',
        attention.layers.flatMap(({ gradients }) => [...gradients]),
      );
    }
    compare('rollout', () => maps.rollout(attention).map);
    const relevance = await ask('attention-relevance', {});
    compare('relevance', () => relevance('coarse'));
  }
  return comparisons;
}

/** The mean gradient over copies with the stored noise: with numbers of its own the method smooth-grad could not be compared. */
async function averageNoisy(model: ImageModel, input: Float32Array, index: number, noise: readonly number[]): Promise<Float64Array> {
  const differentiable = await model.differentiate(input);
  const copies = Array.from({ length: noise.length / input.length }, (_, copy) =>
    input.map((value, at) => value + noiseUnit * (noise[copy * input.length + at] ?? NaN)),
  );
  const { gradients } = await differentiable.evaluate(copies, { index, space: 'logit', against: null });
  return Float64Array.from(input, (_, at) => gradients.reduce((sum, gradient) => sum + (gradient[at] ?? NaN), 0) / gradients.length);
}

/** The mean gradient of a path from black, times the way. */
function timesWay(gradient: ArrayLike<number>, input: Float32Array, model: ImageModel): Float64Array {
  const black = model.normalise(0);
  const size = model.shape.height * model.shape.width;
  return Float64Array.from(gradient, (value, at) => value * ((input[at] ?? NaN) - (black[Math.floor(at / size)] ?? NaN)));
}

/** A case of a tensor [cases, …]; null where the reference has not kept it. Two rows are of cases 2 and 3. */
function rowOf(tensors: ReadonlyMap<string, StoredTensor>, name: string, at: number, cases: number): readonly number[] | null {
  const stored = tensors.get(name);
  if (stored === undefined) return null;
  const [rows = 0] = stored.shape;
  const row = rows === cases ? at : at - 2;
  if (row < 0 || row >= rows) return null;
  const size = stored.data.length / rows;
  return Array.from<number | bigint>(stored.data.slice(row * size, (row + 1) * size)).map(Number);
}

function numbersOf(tensors: ReadonlyMap<string, StoredTensor>, name: string): readonly number[] {
  return Array.from<number | bigint>(tensors.get(name)?.data ?? []).map(Number);
}
