import { ExplainProblem, type ImageDescription } from '#explainers';
import type { ModelParts } from '../folder/model-folder.js';
import { readImageInput, type ImageInputTensor } from './image-input.js';
import { readPreprocessor } from './read-preprocessor.js';

/**
 * How pictures become the input of a model: `image` of model.json, what it leaves out from preprocessor_config.json of a Hugging Face
 * export, and layout, size and channels from a graph that fixes them. How pixels are normalised no graph says: without either file the
 * model is refused, because a guess would answer, and wrongly.
 *
 * @throws ExplainProblem MODEL_UNSUPPORTED with the `image` key to write
 */
export function planImage(parts: ModelParts): ImageDescription {
  const input = readImageInput(parts.graph);
  const stated = parts.manifest?.image ?? {};
  const isWhole = [stated.size, stated.scale, stated.mean, stated.std, stated.resample].every((one) => one !== undefined);
  const exported = parts.preprocessor === null || isWhole ? {} : readPreprocessor(parts.preprocessor);
  const layout = stated.layout ?? findLayout(input);
  const [height, width, channels] = order(layout, input.dimensions);
  const size = stated.size ?? exported.size ?? (height !== null && width !== null ? ([height, width] as const) : null);
  const wanted = stated.channels === undefined ? (channels ?? 3) : stated.channels === 'RGB' ? 3 : 1;
  const scale = stated.scale ?? exported.scale;
  const mean = stated.mean ?? exported.mean;
  const std = stated.std ?? exported.std;
  if (size === null) throw refuse(input, layout, 'nothing says the size of its pictures');
  if (scale === undefined || mean === undefined || std === undefined) throw refuse(input, layout, 'nothing says how pixels are normalised');
  if (wanted !== 1 && wanted !== 3) throw refuse(input, layout, `its pictures have ${wanted} channels`);
  const given = { height: size[0], width: size[1], channels: wanted };
  for (const [name, fixed] of Object.entries({ height, width, channels }))
    if (fixed !== null && fixed !== given[name as keyof typeof given])
      throw refuse(input, layout, `its graph reads a ${name} of ${fixed}, and ${given[name as keyof typeof given]} is stated`);
  return {
    ...given,
    channels: wanted,
    layout,
    scale,
    mean: spread(mean, wanted, 'mean', input, layout),
    std: spread(std, wanted, 'std', input, layout),
    resample: stated.resample ?? exported.resample ?? 'bilinear',
  };
}

type Layout = ImageDescription['layout'];

function findLayout(input: ImageInputTensor): Layout {
  const [first, , last] = input.dimensions;
  const isChannels = (length: number | null): boolean => length === 1 || length === 3;
  if (isChannels(first) && !isChannels(last)) return 'NCHW';
  if (isChannels(last) && !isChannels(first)) return 'NHWC';
  throw refuse(input, 'NCHW', 'nothing says which of its dimensions are the channels');
}

/** Height, width, channels of the graph's dimensions. */
function order(layout: Layout, [one, two, three]: ImageInputTensor['dimensions']) {
  return layout === 'NCHW' ? ([two, three, one] as const) : ([one, two, three] as const);
}

function spread(
  numbers: number | readonly number[],
  channels: number,
  name: string,
  input: ImageInputTensor,
  layout: Layout,
): readonly number[] {
  const all = typeof numbers === 'number' ? Array<number>(channels).fill(numbers) : numbers;
  if (all.length === channels) return all;
  throw refuse(input, layout, `${name} has ${all.length} numbers for ${channels} channels`);
}

function refuse(input: ImageInputTensor, layout: Layout, detail: string): ExplainProblem {
  const [height, width, channels] = order(layout, input.dimensions);
  const image = {
    layout,
    size: [height ?? 224, width ?? 224],
    channels: channels === 1 ? 'grey' : 'RGB',
    scale: 1 / 255,
    mean: [0, 0, 0].slice(0, channels === 1 ? 1 : 3),
    std: [1, 1, 1].slice(0, channels === 1 ? 1 : 3),
    resample: 'bilinear',
  };
  return new ExplainProblem(
    'MODEL_UNSUPPORTED',
    `the model reads pictures (input ${input.name}), and ${detail}`,
    null,
    `Put the numbers of the training into model.json, in the place of these: { "manifest": 1, "image": ${JSON.stringify(image)} }; a pixel p is read as (p * scale - mean) / std.`,
  );
}
