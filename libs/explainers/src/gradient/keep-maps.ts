import { reduceGradient, type Reduction } from '#attribution';
import type { Tensor } from '../contract/explanation.js';
import type { GradientSubject } from './gradient-subject.js';
import { pixelParts } from './image-cells.js';
import { keepNumbers } from './keep-tensors.js';

/**
 * Of a picture: a map [height, width] for each target, the channels of each pixel as one number. Nothing for other inputs.
 *
 * @param found for each target its gradient, or numbers that add up
 * @param input less what stands for none of it, for input-x-gradient
 */
export function keepMaps(
  { picture }: GradientSubject,
  found: readonly ArrayLike<number>[],
  input: ArrayLike<number>,
  reduction: Reduction,
): readonly Tensor[] {
  if (picture === undefined) return [];
  const pixels = pixelParts(picture);
  return found.map((numbers, at) =>
    keepNumbers(
      'map',
      [picture.height, picture.width],
      Float32Array.from(pixels, (ranges) => reduceGradient(numbers, input, ranges, reduction)),
      { at, of: found.length },
    ),
  );
}
