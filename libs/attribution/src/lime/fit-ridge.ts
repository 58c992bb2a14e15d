import { factorCholesky, solveCholesky } from '#numeric';
import type { NormalEquations } from './normal-equations.js';

/** A ridge regression on some of the features. Index 0 of the system is the intercept, index k + 1 the k-th feature. */
export interface RidgeFit {
  readonly intercept: number;
  /** One per selected feature, in the order given. */
  readonly weights: Float64Array;
  /** [(selected + 1) x (selected + 1)]: inverse of the penalised system. */
  readonly inverse: Float64Array;
}

/**
 * Minimises Σ w (y - b - xβ)² + alpha |β|² over the selected features; the intercept b is not penalised.
 *
 * @param selected distinct feature indices
 * @param alpha above 0, which makes the system definite whatever the neighbourhood
 */
export function fitRidge(equations: NormalEquations, target: number, selected: readonly number[], alpha: number): RidgeFit {
  const moments = equations.moments[target];
  const original = equations.original[target];
  if (!moments || original === undefined) throw new RangeError(`no target ${target}`);
  const indices = [0, ...selected.map((feature) => feature + 1)];
  const size = indices.length;
  const system = new Float64Array(size * size);
  indices.forEach((from, i) => {
    indices.forEach((to, j) => {
      const penalty = i === j && i > 0 ? alpha : 0;
      system[i * size + j] = (equations.gram[from * equations.size + to] ?? NaN) + penalty;
    });
  });
  const factor = factorCholesky(system, size);
  const solution = solveCholesky(
    factor,
    size,
    Float64Array.from(indices, (index) => moments[index] ?? NaN),
  );
  const inverse = new Float64Array(size * size);
  for (let k = 0; k < size; k++) {
    const unit = new Float64Array(size);
    unit[k] = 1;
    inverse.set(solveCholesky(factor, size, unit), k * size);
  }
  return { intercept: original + (solution[0] ?? NaN), weights: solution.subarray(1), inverse };
}
