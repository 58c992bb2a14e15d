import type { Neighbourhood } from './neighbourhood.js';

/** Weighted sums of products over a neighbourhood. Index 0 is the constant 1, index j + 1 feature j. */
export interface NormalEquations {
  /** Features + 1. */
  readonly size: number;
  /** [size x size], symmetric: Σ w x xᵀ. */
  readonly gram: Float64Array;
  /** [target]: score of the original. */
  readonly original: readonly number[];
  /** [target][size]: Σ w (y - original) x. A target that does not vary has moments of exactly 0. */
  readonly moments: readonly Float64Array[];
}

/**
 * Sums up what a least-squares fit needs to know of a neighbourhood, in one pass: no matrix of
 * samples x features is made, and every subset of features can be fitted from the result.
 *
 * @param scores [target][row of the neighbourhood]
 */
export function sumProducts(neighbourhood: Neighbourhood, scores: readonly Float64Array[]): NormalEquations {
  const { rows, counts, kernelWeights } = neighbourhood;
  const size = rows.features + 1;
  const gram = new Float64Array(size * size);
  const original = scores.map((values) => values[0] ?? NaN);
  const moments = scores.map(() => new Float64Array(size));
  const bits = new Uint8Array(rows.features);
  const present = new Int32Array(size);
  for (let row = 0; row < rows.length; row++) {
    const weight = (counts[row] ?? 0) * (kernelWeights[row] ?? 0);
    const ones = listPresent(rows.read(row, bits), bits, present);
    for (let i = 0; i < ones; i++) {
      const start = (present[i] ?? 0) * size;
      for (let j = i; j < ones; j++) {
        const at = start + (present[j] ?? 0);
        gram[at] = (gram[at] ?? 0) + weight;
      }
    }
    moments.forEach((moment, target) => {
      const weighted = weight * ((scores[target]?.[row] ?? NaN) - (original[target] ?? NaN));
      for (let i = 0; i < ones; i++) {
        const at = present[i] ?? 0;
        moment[at] = (moment[at] ?? 0) + weighted;
      }
    });
  }
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < i; j++) gram[i * size + j] = gram[j * size + i] ?? 0;
  }
  return { size, gram, original, moments };
}

/** Writes the indices of a row's ones into `present`, the constant first, and returns how many there are. */
function listPresent(ones: number, bits: Uint8Array, present: Int32Array): number {
  present[0] = 0;
  let count = 1;
  for (let feature = 0; count <= ones; feature++) {
    if (bits[feature] === 1) present[count++] = feature + 1;
  }
  return count;
}
