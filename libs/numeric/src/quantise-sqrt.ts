const squares = Float64Array.from({ length: 256 }, (_, byte) => (byte / 255) ** 2);

/**
 * Stores probabilities in a byte each, by their square roots: byte u stands for (u / 255)², so that small ones keep more digits than large
 * ones. The error is at most (√p + 1/1020) / 255: 0.002 near 0.25, 0.004 near 1, 4e-6 near 0.
 *
 * @param values 0 … 1; rounding beyond 1 is cut
 * @param into where the bytes go, from `start`
 * @returns the largest difference between a value and what its byte stands for
 */
export function quantiseSqrt(values: Float32Array | Float64Array, into: Uint8Array, start = 0): number {
  let largest = 0;
  /** No value up to here can have a larger error than the largest so far: most are small, and need no look. */
  let harmless = 0;
  for (let at = 0; at < values.length; at++) {
    const value = values[at] ?? NaN;
    let byte = (255 * Math.sqrt(value) + 0.5) | 0;
    if (byte > 255) byte = 255;
    into[start + at] = byte;
    if (value <= harmless) continue;
    const error = Math.abs((squares[byte] ?? NaN) - value);
    if (error <= largest) continue;
    largest = error;
    harmless = Math.max(0, 255 * error - 1 / 1020) ** 2;
  }
  return largest;
}

/**
 * How far a probability may be from what its byte stands for, where none is larger than `most`: |p - (u / 255)²| = |√p - u / 255| (√p + u / 255),
 * and the first factor is 1/510 at most. A little is added for the rounding of float32.
 */
export function boundSqrtError(most: number): number {
  return ((Math.sqrt(most) + 1 / 1020) / 255) * (1 + 1e-5);
}

/** The probabilities that bytes of `quantiseSqrt` stand for. */
export function dequantiseSqrt(bytes: Uint8Array): Float32Array {
  return Float32Array.from(bytes, (byte) => squares[byte] ?? NaN);
}
