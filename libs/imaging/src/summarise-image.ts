import { createHash } from 'node:crypto';
import type { ImageInput } from '#explainers';
import { inspectImage } from './inspect-image.js';

/** A picture as documents name it, without its bytes. */
export interface ImageSummary {
  readonly mediaType: string;
  /** Of the file, lower-case hex. */
  readonly sha256: string;
  /** As it is stored, before any orientation is applied. */
  readonly width: number;
  readonly height: number;
}

/** @throws ExplainProblem as inspectImage */
export function summariseImage(image: ImageInput): ImageSummary {
  const { bytes, header } = inspectImage(image);
  return {
    mediaType: image.mediaType,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    width: header.width,
    height: header.height,
  };
}
