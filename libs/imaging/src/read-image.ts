import type { ImageDescription, ImageInput, ImageReading } from '#explainers';
import { decodeImage } from './decode-image.js';
import { inspectImage } from './inspect-image.js';
import { matchChannels } from './match-channels.js';
import { normalisePicture } from './normalise-picture.js';
import { resizePicture } from './resample/resize-picture.js';

/**
 * A picture as a model reads it: decoded, with the model's channels, resized to its size without keeping proportions, normalised.
 *
 * @throws ExplainProblem IMAGE_INVALID, IMAGE_TOO_LARGE, IMAGE_CHANNELS with a pointer at or below /input/image
 */
export async function readImage(image: ImageInput, description: ImageDescription): Promise<ImageReading> {
  const { height, width, channels } = description;
  const { picture, warnings } = await decodeImage(inspectImage(image));
  const read = resizePicture(matchChannels(picture, channels), height, width, description.resample);
  return {
    height,
    width,
    channels,
    pixels: read.pixels,
    input: normalisePicture(read, description),
    original: { width: picture.width, height: picture.height },
    warnings: [...warnings, ...warnOfProportions(picture, height, width)],
  };
}

/** A square picture of a wide one shows everything narrower than it is. */
function warnOfProportions(picture: { readonly width: number; readonly height: number }, height: number, width: number) {
  const change = (picture.width * height) / (picture.height * width);
  if (Math.max(change, 1 / change) <= 1.1) return [];
  return [
    {
      code: 'IMAGE_STRETCHED',
      message: `The picture has ${picture.width} x ${picture.height} pixels and was resized to ${width} x ${height}: its proportions changed. Crop it first if the model was trained on crops.`,
    },
  ];
}
