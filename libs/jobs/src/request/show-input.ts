import type { ImageInput } from '#explainers';
import { summariseImage } from '#imaging';

/**
 * The input of a stored request as documents show it. A picture goes by the SHA-256 of its file, its type and its size: the file itself rests
 * in the sealed request, from which the same run can be repeated.
 */
export function showInput(input: unknown): unknown {
  return holdsImage(input) ? { image: { ...summariseImage(input.image) } } : input;
}

/** Written by this platform from a checked request: what has a picture has a whole one. */
function holdsImage(input: unknown): input is { readonly image: ImageInput } {
  return typeof input === 'object' && input !== null && 'image' in input;
}
