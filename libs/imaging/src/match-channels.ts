import { ExplainProblem } from '#explainers';
import type { Picture } from './picture.js';

/**
 * The picture with the channels that a model reads. Grey becomes red = green = blue. A model of one channel reads a colour picture
 * only where it is grey in fact, with equal channels in every pixel: which mixture of colours its training took for grey, nothing says.
 *
 * @throws ExplainProblem IMAGE_CHANNELS
 */
export function matchChannels(picture: Picture, channels: 1 | 3): Picture {
  if (picture.channels === channels) return picture;
  const { width, height, pixels } = picture;
  const size = width * height;
  if (channels === 3)
    return { width, height, channels, pixels: Uint8Array.from({ length: size * 3 }, (_, at) => pixels[Math.floor(at / 3)] ?? 0) };
  const grey = new Uint8Array(size);
  for (let at = 0; at < size; at++) {
    const [red, green, blue] = [pixels[at * 3], pixels[at * 3 + 1], pixels[at * 3 + 2]];
    if (red !== green || green !== blue) {
      throw new ExplainProblem(
        'IMAGE_CHANNELS',
        `the model reads one channel, and the picture has colours: pixel (${Math.floor(at / width)}, ${at % width}) is ${red}, ${green}, ${blue}`,
        '/input/image/base64',
        'Convert it to grey as the training of the model did.',
      );
    }
    grey[at] = red ?? 0;
  }
  return { width, height, channels, pixels: grey };
}
