import { ExplainProblem, quote, type ImageInput } from '#explainers';
import type { ImageHeader } from './header/image-header.js';
import { nameFormat } from './header/name-format.js';
import { isJpeg, readJpegHeader } from './header/read-jpeg-header.js';
import { isPng, readPngHeader } from './header/read-png-header.js';
import { imageLimits } from './image-limits.js';

/** The bytes of a picture that may be decoded, and what its header says. */
export interface InspectedImage {
  readonly bytes: Uint8Array;
  readonly header: ImageHeader;
}

const pointer = '/input/image';
const alphabet = /^[A-Za-z0-9+/]*={0,2}$/;

/**
 * Every check of a picture that needs no decoder: base64, size, format, dimensions, channels. What the bytes say counts; a media
 * type that says otherwise is refused.
 *
 * @throws ExplainProblem IMAGE_INVALID, IMAGE_TOO_LARGE, IMAGE_CHANNELS with a pointer at or below /input/image
 */
export function inspectImage(image: ImageInput): InspectedImage {
  const bytes = readBase64(image.base64);
  const header = readHeader(bytes);
  const said = image.mediaType.slice('image/'.length);
  if (said !== header.format)
    throw new ExplainProblem(
      'IMAGE_INVALID',
      `the media type is ${quote(image.mediaType)}, and the bytes are ${header.format.toUpperCase()}`,
      `${pointer}/mediaType`,
      `Send "image/${header.format}".`,
    );
  checkHeader(header);
  return { bytes, header };
}

function readBase64(base64: string): Uint8Array {
  const at = `${pointer}/base64`;
  const size = Math.floor((base64.length * 3) / 4) - (base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0);
  if (size > imageLimits.encodedBytes) {
    const remedy = `Send at most ${imageLimits.encodedBytes} bytes: scale the picture down, the model reads a small one anyway.`;
    throw new ExplainProblem('IMAGE_TOO_LARGE', `the file has ${size} bytes`, at, remedy);
  }
  if (base64.startsWith('data:'))
    throw new ExplainProblem('IMAGE_INVALID', 'it is a data URL', at, 'Send what follows the comma, and the type as mediaType.');
  if (base64.length % 4 !== 0 || !alphabet.test(base64))
    throw new ExplainProblem(
      'IMAGE_INVALID',
      'it is no base64',
      at,
      'Send RFC 4648 base64: A-Z a-z 0-9 + /, padded with =, no line breaks.',
    );
  return Buffer.from(base64, 'base64');
}

function readHeader(bytes: Uint8Array): ImageHeader {
  const at = `${pointer}/base64`;
  const header = isPng(bytes) ? readPngHeader(bytes) : isJpeg(bytes) ? readJpegHeader(bytes) : null;
  if (header === null) {
    const name = nameFormat(bytes);
    const detail =
      bytes.length === 0 ? 'it has no bytes' : name === null ? 'the bytes are no picture that is known' : `the bytes are ${name}`;
    throw new ExplainProblem('IMAGE_INVALID', detail, at, 'Send a PNG or a JPEG.');
  }
  if (typeof header === 'string') throw new ExplainProblem('IMAGE_INVALID', `the picture cannot be read: ${header}`, at);
  return header;
}

function checkHeader({ width, height, bits, channels, animated, format }: ImageHeader): void {
  const at = `${pointer}/base64`;
  if (width < 1 || height < 1) throw new ExplainProblem('IMAGE_INVALID', `the picture has ${width} x ${height} pixels`, at);
  if (width * height > imageLimits.pixels) {
    const remedy = `Send at most ${imageLimits.pixels} pixels: scale the picture down.`;
    throw new ExplainProblem('IMAGE_TOO_LARGE', `the picture has ${width} x ${height} pixels`, at, remedy);
  }
  if (animated) throw new ExplainProblem('IMAGE_INVALID', 'the PNG has several frames', at, 'Send one of them as a picture of its own.');
  if (format === 'jpeg' && bits !== 8) throw new ExplainProblem('IMAGE_INVALID', `the JPEG has ${bits} bits a channel`, at, 'Send 8 bits.');
  if (channels !== 1 && channels !== 3) {
    const what = channels === 4 ? 'four channels (CMYK)' : `${channels} channels`;
    throw new ExplainProblem('IMAGE_CHANNELS', `the picture has ${what}`, at, 'Convert it to RGB or grey.');
  }
}
