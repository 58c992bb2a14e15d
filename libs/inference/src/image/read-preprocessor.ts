import { ExplainProblem, type ImageDescription } from '#explainers';
import type { PreprocessorConfig } from '../folder/hugging-face-config.js';

/** What preprocessor_config.json says of pictures. */
export interface StatedPreprocessing {
  /** [height, width] */
  readonly size?: readonly [number, number];
  readonly scale?: number;
  readonly mean?: readonly number[];
  readonly std?: readonly number[];
  readonly resample?: ImageDescription['resample'];
}

/** Pillow's numbers of the filters that are served, and names of the others. */
const served: Readonly<Record<number, ImageDescription['resample']>> = { 0: 'nearest', 2: 'bilinear', 4: 'box' };
const others: Readonly<Record<number, string>> = { 1: 'Lanczos', 3: 'bicubic', 5: 'Hamming' };

/**
 * Reads the configuration of a Hugging Face image processor that resizes to a fixed size, rescales and normalises.
 *
 * @throws ExplainProblem MODEL_UNSUPPORTED for one that crops or resamples in a way that is not served
 */
export function readPreprocessor(config: PreprocessorConfig): StatedPreprocessing {
  if (config.do_center_crop === true) throw refuse('it crops the middle out of a picture (do_center_crop)');
  const { size, resample } = config;
  if (typeof size === 'object' && size !== null && 'shortest_edge' in size)
    throw refuse('it resizes the shortest edge and keeps proportions (size.shortest_edge)');
  if (typeof resample === 'number' && served[resample] === undefined)
    throw refuse(`it resamples with filter ${resample}${others[resample] === undefined ? '' : ` (${others[resample]})`}`);
  const fixed = typeof size === 'number' ? ([size, size] as const) : size == null ? null : ([size.height, size.width] as const);
  const mean = config.do_normalize === false ? [0, 0, 0] : config.image_mean;
  const std = config.do_normalize === false ? [1, 1, 1] : config.image_std;
  const resampler = typeof resample === 'number' ? served[resample] : undefined;
  return {
    ...(fixed && { size: fixed }),
    scale: config.do_rescale === false ? 1 : (config.rescale_factor ?? 1 / 255),
    ...(mean && { mean }),
    ...(std && { std }),
    ...(resampler && { resample: resampler }),
  };
}

function refuse(detail: string): ExplainProblem {
  return new ExplainProblem(
    'MODEL_UNSUPPORTED',
    `preprocessor_config.json: ${detail}`,
    null,
    'State what is to be done instead as "image" in model.json (size, scale, mean, std and resample: box, nearest or bilinear), and send pictures that are cropped already.',
  );
}
