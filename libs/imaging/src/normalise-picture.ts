import type { ImageDescription } from '#explainers';
import type { Picture } from './picture.js';

const { fround } = Math;

type Scale = Pick<ImageDescription, 'scale' | 'mean' | 'std'>;

/**
 * (pixel * scale - mean) / std of one pixel value 0 … 255 for each channel, each step rounded to float32, as the arrays of the
 * training did: a network takes its inputs' last digits for part of the picture.
 */
export function fillNormalised({ scale, mean, std }: Scale, pixel: number): Float32Array {
  return Float32Array.from(mean, (centre, channel) => fround(fround(pixel * scale) - fround(centre)) / fround(std[channel] ?? NaN));
}

/** @returns [channels, height, width] */
export function normalisePicture({ width, height, channels, pixels }: Picture, scale: Scale): Float32Array {
  const size = width * height;
  const table = Array.from({ length: 256 }, (_, pixel) => fillNormalised(scale, pixel));
  const result = new Float32Array(channels * size);
  for (let at = 0; at < size; at++)
    for (let channel = 0; channel < channels; channel++)
      result[channel * size + at] = table[pixels[at * channels + channel] ?? 0]?.[channel] ?? NaN;
  return result;
}
