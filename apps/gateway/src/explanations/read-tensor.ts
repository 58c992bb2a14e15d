import { dequantiseSqrt } from '#numeric';

/** Numbers as a NumPy file and as people read them: what was quantised becomes float32 again. */
export interface ReadableTensor {
  readonly dtype: string;
  /** Little-endian. */
  readonly bytes: Uint8Array;
}

/** @param bytes as they are stored, little-endian */
export function readTensor(dtype: string, bytes: Uint8Array): ReadableTensor {
  if (dtype !== 'u8-sqrt') return { dtype, bytes };
  const { buffer, byteOffset, byteLength } = dequantiseSqrt(bytes);
  return { dtype: 'f32', bytes: new Uint8Array(buffer, byteOffset, byteLength) };
}
