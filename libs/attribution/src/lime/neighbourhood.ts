import type { BinaryRows } from './binary-rows.js';

/** The perturbations a surrogate is fitted to. Row 0 is the original: all ones, drawn once, its kernel weight 1. */
export interface Neighbourhood {
  /** 1 = the word is kept, or the column has the original's bin or category. */
  readonly rows: BinaryRows;
  /** How often each row was drawn, at least 1. */
  readonly counts: ArrayLike<number>;
  /** Kernel weight of one draw of each row, 0 … 1. */
  readonly kernelWeights: ArrayLike<number>;
}

/**
 * How many equally weighted draws would carry as much information: (Σw)² / Σw².
 *
 * Source: L. Kish, "Survey Sampling" (1965), section 11.7.
 */
export function countEffectiveSamples({ rows, counts, kernelWeights }: Neighbourhood): number {
  let sum = 0;
  let squares = 0;
  for (let row = 0; row < rows.length; row++) {
    const weight = kernelWeights[row] ?? 0;
    sum += (counts[row] ?? 0) * weight;
    squares += (counts[row] ?? 0) * weight * weight;
  }
  return (sum * sum) / squares;
}
