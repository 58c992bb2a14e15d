import sharp from 'sharp';
import type { ScoredTarget } from '#attribution';
import type { ImageModel } from '#explainers';
import type { StoredTensor } from '#testing';
import type { Explain } from './exact-shap.js';
import { PictureMaps } from './picture-maps.js';

/** Pictures with one digit or two: pixels [scenes, 64, 64, 3], labels [scenes, 2] and boxes [scenes, 2, 4], -1 where there is no second one. */
export type Scenes = ReadonlyMap<string, StoredTensor>;

/** A scene with the digit that is explained. */
export interface SceneCase {
  readonly scene: number;
  readonly index: number;
}

/** Where a map points. */
export interface Localised {
  /** Row and column of the first of its largest pixels. */
  readonly peak: readonly [number, number];
  readonly hit: boolean;
  /** Share of what is positive in it that lies in the box of the digit. */
  readonly energy: number;
}

interface Explained {
  readonly tensors?: readonly { readonly name: string; readonly data: ArrayLike<number> }[];
}

const nodes = 20;

/**
 * Where the map of every method points, of one digit of a scene.
 *
 * @param attends whether the model has attention, and maps of it
 */
export async function localise(
  name: string,
  model: ImageModel,
  explain: Explain,
  scenes: Scenes,
  { scene, index }: SceneCase,
  attends: boolean,
): Promise<ReadonlyMap<string, Localised>> {
  const image = { mediaType: 'image/png' as const, base64: await encodeScene(scenes, scene) };
  const ask = async (method: string, params: object) => {
    const { tensors = [] } = (await explain({
      ...{ method, model: { name }, input: { image }, target: { class: index, space: 'logit' }, params, seed: 1 },
    })) as Explained;
    return tensors.find((one) => one.name === 'map')?.data ?? [];
  };
  const target: ScoredTarget = { index, space: 'logit', against: null };
  const maps = new PictureMaps(model, (await model.read(image)).input, target);
  const found = new Map<string, ArrayLike<number>>([
    ['saliency', await ask('saliency', { reduce: 'max-abs' })],
    ['integrated-gradients', await ask('integrated-gradients', { steps: nodes, maxSteps: nodes, baseline: 'black' })],
    ['grad-cam', await ask('grad-cam', {})],
  ]);
  if (attends) {
    found.set('attention-rollout', maps.enlarge(maps.rollout(await maps.attention())));
    found.set('attention-relevance', await ask('attention-relevance', {}));
  }
  const box = boxOf(scenes, scene, index);
  const { width } = model.shape;
  return new Map(Array.from(found, ([method, map]) => [method, pointAt(map, width, box)]));
}

/** A case for every digit of every scene, in the order of the references. */
export function listSceneCases(scenes: Scenes): readonly SceneCase[] {
  const labels = Array.from<number | bigint>(scenes.get('labels')?.data ?? []).map(Number);
  return labels.flatMap((index, at) => (index < 0 ? [] : [{ scene: Math.floor(at / 2), index }]));
}

/** Whether a scene has two digits. */
export function hasTwo(scenes: Scenes, scene: number): boolean {
  return Number(scenes.get('labels')?.data[2 * scene + 1]) >= 0;
}

function pointAt(map: ArrayLike<number>, width: number, [left, top, right, bottom]: readonly number[]): Localised {
  let [largest, inside, whole] = [0, 0, 0];
  const within = (at: number) => {
    const [row, column] = [Math.floor(at / width), at % width];
    return row >= (top ?? NaN) && row < (bottom ?? NaN) && column >= (left ?? NaN) && column < (right ?? NaN);
  };
  for (let at = 0; at < map.length; at++) {
    const value = map[at] ?? NaN;
    if (value > (map[largest] ?? NaN)) largest = at;
    whole += Math.max(value, 0);
    if (within(at)) inside += Math.max(value, 0);
  }
  return { peak: [Math.floor(largest / width), largest % width], hit: within(largest), energy: whole === 0 ? 0 : inside / whole };
}

/** The box of the digit: x and y of its first pixel, and of the first behind it. */
function boxOf(scenes: Scenes, scene: number, index: number): readonly number[] {
  const place = Number(scenes.get('labels')?.data[2 * scene]) === index ? 0 : 1;
  const from = (2 * scene + place) * 4;
  return Array.from<number | bigint>(scenes.get('boxes')?.data.slice(from, from + 4) ?? []).map(Number);
}

/** A scene as the base64 of a PNG. */
async function encodeScene(scenes: Scenes, scene: number): Promise<string> {
  const pixels = scenes.get('pixels');
  if (!(pixels?.data instanceof Uint8Array)) throw new RangeError('there are no scenes');
  const [, height = 0, width = 0, channels = 0] = pixels.shape;
  const size = height * width * channels;
  const raw = { width, height, channels: channels as 3 };
  const png = await sharp(pixels.data.subarray(scene * size, (scene + 1) * size), { raw })
    .png()
    .toBuffer();
  return png.toString('base64');
}
