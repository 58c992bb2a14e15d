/** Thrown by `factorCholesky` for a matrix that is not positive definite to working precision. */
export class NotPositiveDefinite extends Error {
  override readonly name = 'NotPositiveDefinite';

  /**
   * @param column 0-based column whose pivot failed
   * @param pivot what was left on the diagonal: zero, negative, rounding noise, or not a number
   */
  constructor(
    readonly column: number,
    readonly pivot: number,
  ) {
    super(`pivot ${pivot} in column ${column} is not positive`);
  }
}

/**
 * Factors a symmetric positive definite matrix as L Lᵀ.
 *
 * @param matrix [size x size], row-major; only the lower triangle is read
 * @returns L, [size x size], row-major, zero above the diagonal
 * @throws NotPositiveDefinite when a pivot is not above size · 2^-52 times its diagonal element: what is left is rounding
 *
 * Source: N. J. Higham, "Accuracy and Stability of Numerical Algorithms" (2002), algorithm 10.2.
 */
export function factorCholesky(matrix: Float64Array, size: number): Float64Array {
  if (matrix.length !== size * size) throw new RangeError(`${matrix.length} cells are no ${size} x ${size} matrix`);
  const factor = new Float64Array(size * size);
  const smallest = size * 2 ** -52;
  for (let j = 0; j < size; j++) {
    const diagonal = matrix[j * size + j] ?? NaN;
    let pivot = diagonal;
    for (let k = 0; k < j; k++) pivot -= (factor[j * size + k] ?? NaN) ** 2;
    if (!(pivot > smallest * diagonal)) throw new NotPositiveDefinite(j, pivot);
    const root = Math.sqrt(pivot);
    factor[j * size + j] = root;
    for (let i = j + 1; i < size; i++) {
      let sum = matrix[i * size + j] ?? NaN;
      for (let k = 0; k < j; k++) sum -= (factor[i * size + k] ?? NaN) * (factor[j * size + k] ?? NaN);
      factor[i * size + j] = sum / root;
    }
  }
  return factor;
}

/**
 * Solves L Lᵀ x = b.
 *
 * @param factor L as `factorCholesky` returns it
 * @param right b, [size]
 */
export function solveCholesky(factor: Float64Array, size: number, right: ArrayLike<number>): Float64Array {
  if (right.length !== size) throw new RangeError(`a right side of ${right.length} for ${size} unknowns`);
  const solution = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    let sum = right[i] ?? NaN;
    for (let k = 0; k < i; k++) sum -= (factor[i * size + k] ?? NaN) * (solution[k] ?? NaN);
    solution[i] = sum / (factor[i * size + i] ?? NaN);
  }
  for (let i = size - 1; i >= 0; i--) {
    let sum = solution[i] ?? NaN;
    for (let k = i + 1; k < size; k++) sum -= (factor[k * size + i] ?? NaN) * (solution[k] ?? NaN);
    solution[i] = sum / (factor[i * size + i] ?? NaN);
  }
  return solution;
}
