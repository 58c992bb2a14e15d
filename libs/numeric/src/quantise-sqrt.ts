/** Probabilities in a byte each. */
export interface QuantisedProbabilities {
  /** u of each value: (u / 255)² is what it stands for. */
  readonly data: Uint8Array;
  /** Largest difference between a value and what its byte stands for. */
  readonly maxAbsError: number;
}

/**
 * Stores probabilities in a byte each, by their square roots: small ones keep more digits than large ones. The error is at most
 * (√p + 1/1020) / 255: below 0.002 near 0.25, 0.004 near 1, and 4e-6 near 0.
 *
 * @param values 0 … 1; rounding beyond 1 is cut
 */
export function quantiseSqrt(values: ArrayLike<number>): QuantisedProbabilities {
  const data = new Uint8Array(values.length);
  let maxAbsError = 0;
  for (let at = 0; at < data.length; at++) {
    const value = values[at] ?? NaN;
    const byte = Math.min(255, Math.round(255 * Math.sqrt(value)));
    data[at] = byte;
    maxAbsError = Math.max(maxAbsError, Math.abs((squares[byte] ?? NaN) - value));
  }
  return { data, maxAbsError };
}

/** The probabilities that bytes of `quantiseSqrt` stand for. */
export function dequantiseSqrt(bytes: Uint8Array): Float32Array {
  return Float32Array.from(bytes, (byte) => squares[byte] ?? NaN);
}

const squares = Float64Array.from({ length: 256 }, (_, byte) => (byte / 255) ** 2);
