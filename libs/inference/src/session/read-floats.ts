import type { Tensor } from 'onnxruntime-node';

/**
 * A tensor's floating-point numbers: float32 and float64 are the tensor's own memory, float16 is widened.
 *
 * @returns null for every other type
 */
export function readFloats({ data, type }: Tensor): Float32Array | Float64Array | null {
  if (data instanceof Float32Array || data instanceof Float64Array) return data;
  // Where the engine has no Float16Array the runtime hands over the bits.
  if (type === 'float16' && data instanceof Uint16Array) return Float32Array.from(data, readHalf);
  if (type === 'float16' && ArrayBuffer.isView(data) && !(data instanceof BigInt64Array) && !(data instanceof BigUint64Array))
    return Float32Array.from(data as Iterable<number>);
  return null;
}

/** IEEE 754 binary16. */
function readHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
