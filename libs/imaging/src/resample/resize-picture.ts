import type { ImageDescription } from '#explainers';
import type { Picture } from '../picture.js';
import { resampleWeights, weightUnit, type ResampleWeights } from './resample-weights.js';

/**
 * Resizes a picture as Pillow does, to the bit; width and height are scaled each for itself.
 *
 * - `nearest`: output pixel x is source pixel floor((x + 1/2) from / to).
 * - `box`: the mean of the source pixels whose centres lie under an output pixel.
 * - `bilinear`: a triangle two output pixels wide (two source pixels where the picture grows).
 *
 * Box and bilinear go over rows first, then columns, and round to 8 bits after each.
 *
 * @param height, width of the result, at least 1
 */
export function resizePicture(picture: Picture, height: number, width: number, resample: ImageDescription['resample']): Picture {
  if (picture.height === height && picture.width === width) return picture;
  if (resample === 'nearest') return takeNearest(picture, height, width);
  const { channels } = picture;
  let { pixels } = picture;
  if (picture.width !== width)
    pixels = mixLines(
      pixels,
      picture.height,
      channels,
      picture.width * channels,
      channels,
      resampleWeights(picture.width, width, resample),
    );
  if (picture.height !== height) pixels = mixColumns(pixels, width * channels, resampleWeights(picture.height, height, resample));
  return { width, height, channels, pixels };
}

function takeNearest({ pixels, channels, ...from }: Picture, height: number, width: number): Picture {
  const result = new Uint8Array(height * width * channels);
  const columns = Int32Array.from({ length: width }, (_, x) => Math.min(from.width - 1, Math.floor(((x + 0.5) * from.width) / width)));
  for (let y = 0; y < height; y++) {
    const row = Math.min(from.height - 1, Math.floor(((y + 0.5) * from.height) / height)) * from.width;
    for (let x = 0; x < width; x++)
      for (let channel = 0; channel < channels; channel++)
        result[(y * width + x) * channels + channel] = pixels[(row + (columns[x] ?? 0)) * channels + channel] ?? 0;
  }
  return { width, height, channels, pixels: result };
}

/** Shortens or lengthens each of `lines` lines. */
function mixLines(
  pixels: Uint8Array,
  lines: number,
  channels: number,
  lineStep: number,
  pixelStep: number,
  { starts, counts, most, weights }: ResampleWeights,
): Uint8Array {
  const result = new Uint8Array(lines * starts.length * channels);
  for (let line = 0, place = 0; line < lines; line++)
    for (let output = 0; output < starts.length; output++)
      for (let channel = 0; channel < channels; channel++) {
        let sum = weightUnit / 2;
        let from = line * lineStep + (starts[output] ?? 0) * pixelStep + channel;
        for (let at = 0; at < (counts[output] ?? 0); at++, from += pixelStep)
          sum += (pixels[from] ?? 0) * (weights[output * most + at] ?? 0);
        result[place++] = toByte(sum);
      }
  return result;
}

/** Makes `starts.length` rows of all rows. */
function mixColumns(pixels: Uint8Array, rowLength: number, { starts, counts, most, weights }: ResampleWeights): Uint8Array {
  const result = new Uint8Array(starts.length * rowLength);
  for (let output = 0; output < starts.length; output++)
    for (let column = 0; column < rowLength; column++) {
      let sum = weightUnit / 2;
      for (let at = 0; at < (counts[output] ?? 0); at++)
        sum += (pixels[((starts[output] ?? 0) + at) * rowLength + column] ?? 0) * (weights[output * most + at] ?? 0);
      result[output * rowLength + column] = toByte(sum);
    }
  return result;
}

function toByte(sum: number): number {
  return Math.min(255, Math.max(0, Math.floor(sum / weightUnit)));
}
