import sharp from 'sharp';
import { ExplainProblem, type Warning } from '#explainers';
import { imageLimits } from './image-limits.js';
import type { InspectedImage } from './inspect-image.js';
import type { Picture } from './picture.js';

// The library reads dozens of formats; these two are the ones that were asked for.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({ operation: ['VipsForeignLoadPngBuffer', 'VipsForeignLoadJpegBuffer'] });
// One thread: workers are processes, and share the cores.
sharp.concurrency(1);
sharp.cache(false);

export interface DecodedImage {
  readonly picture: Picture;
  readonly warnings: readonly Warning[];
}

/**
 * Decodes a picture to 8 bits a channel.
 *
 * - The orientation of its metadata is applied.
 * - Transparency is laid on black: `round(value * alpha / 255)`.
 * - Of 16 bits the upper 8 are kept.
 * - A colour profile is not applied: the numbers are those of the file.
 *
 * Each of these that changed, or could have changed, a pixel has a warning.
 *
 * @throws ExplainProblem IMAGE_INVALID where the bytes behind the header cannot be decoded
 */
export async function decodeImage({ bytes, header }: InspectedImage): Promise<DecodedImage> {
  const { metadata, data, info, grey } = await read(bytes);
  const warnings: Warning[] = [];
  if ((metadata.orientation ?? 1) !== 1)
    warnings.push({
      code: 'IMAGE_ORIENTED',
      message: `The picture says that it is to be turned or mirrored (orientation ${metadata.orientation ?? 1}), and was.`,
    });
  if (metadata.hasProfile)
    warnings.push({
      code: 'IMAGE_PROFILE_IGNORED',
      message: 'The picture has a colour profile, which was not applied: the model reads the numbers of the file.',
    });
  if (header.bits > 8)
    warnings.push({ code: 'IMAGE_DEPTH_REDUCED', message: `The picture has ${header.bits} bits a channel; the upper 8 were read.` });
  const pixels = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const size = info.width * info.height;
  const { opaque: laid, transparent } = layOnBlack(pixels, size, info.channels);
  const opaque = grey && laid.length === 3 * size ? laid.filter((_, at) => at % 3 === 0) : laid;
  if (transparent)
    warnings.push({
      code: 'IMAGE_ALPHA_ON_BLACK',
      message: 'The picture is transparent in places; it was laid on black before it was read.',
    });
  const channels = opaque.length / size;
  if (channels !== 1 && channels !== 3) throw new RangeError(`${channels} channels after decoding`);
  return { picture: { width: info.width, height: info.height, channels, pixels: opaque }, warnings };
}

async function read(bytes: Uint8Array) {
  try {
    const image = sharp(bytes, { failOn: 'error', limitInputPixels: imageLimits.pixels, ignoreIcc: true, sequentialRead: true });
    const metadata = await image.metadata();
    const grey = metadata.space === 'b-w' || metadata.space === 'grey16';
    const { data, info } = await image
      .autoOrient()
      // The library drops the transparency of grey pictures that stay grey.
      .toColourspace(grey && !metadata.hasAlpha ? 'b-w' : 'srgb')
      .raw()
      .toBuffer({ resolveWithObject: true });
    return { metadata, data, info, grey };
  } catch (error) {
    const said = error instanceof Error ? error.message.replace(/\s+/g, ' ').trim().slice(0, 200) : String(error);
    throw new ExplainProblem(
      'IMAGE_INVALID',
      `the picture cannot be decoded: ${said}`,
      '/input/image/base64',
      'Open it in an image program and save it again as PNG or JPEG.',
    );
  }
}

function layOnBlack(pixels: Uint8Array, size: number, stored: number): { readonly opaque: Uint8Array; readonly transparent: boolean } {
  if (stored !== 2 && stored !== 4) return { opaque: pixels, transparent: false };
  const channels = stored - 1;
  const opaque = new Uint8Array(size * channels);
  let transparent = false;
  for (let pixel = 0; pixel < size; pixel++) {
    const alpha = pixels[pixel * stored + channels] ?? 255;
    transparent ||= alpha !== 255;
    for (let channel = 0; channel < channels; channel++)
      opaque[pixel * channels + channel] = Math.round(((pixels[pixel * stored + channel] ?? 0) * alpha) / 255);
  }
  return { opaque, transparent };
}
