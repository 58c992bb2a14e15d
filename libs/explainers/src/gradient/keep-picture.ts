import type { Tensor } from '../contract/explanation.js';
import type { ImageReading } from '../contract/image-model.js';

/** The picture as the model read it: a map is read over it, years later too. */
export function keepPicture({ height, width, channels, pixels }: Pick<ImageReading, 'height' | 'width' | 'channels' | 'pixels'>): Tensor {
  return { name: 'picture', shape: [height, width, channels], dtype: 'u8', data: pixels, maxAbsError: 0 };
}
