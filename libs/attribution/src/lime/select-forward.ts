import type { NormalEquations } from './normal-equations.js';

/** What rounding leaves of the variance of a feature that is a combination of those already chosen. */
const collinear = 1e-10;

/**
 * Chooses features one by one, each the one that raises the weighted R² of a least-squares fit with intercept the most.
 *
 * Conditioning the weighted products on the features chosen so far (a step of Gaussian elimination each) leaves, for
 * every other feature, its variance v and its covariance c with the score; adding it lowers the squared error by c² / v.
 *
 * @returns feature indices in the order of choice; ties by index
 *
 * Source: lime 0.2.0.1, `LimeBase.forward_selection`; the elimination is the sweep operator of
 * J. H. Goodnight, "A tutorial on the sweep operator", The American Statistician 33 (1979).
 */
export function selectForward({ size, gram, moments }: NormalEquations, target: number, count: number): readonly number[] {
  const products = gram.slice();
  const covariances = Float64Array.from(moments[target] ?? []);
  eliminate(products, covariances, size, 0);
  const variances = Float64Array.from({ length: size }, (_, i) => products[i * size + i] ?? NaN);
  const chosen: number[] = [];
  while (chosen.length < Math.min(count, size - 1)) {
    let best = -1;
    let bestGain = -1;
    for (let feature = 0; feature < size - 1; feature++) {
      if (chosen.includes(feature)) continue;
      const at = feature + 1;
      const variance = products[at * size + at] ?? NaN;
      const isNew = variance > collinear * (variances[at] ?? NaN);
      const gain = isNew ? (covariances[at] ?? NaN) ** 2 / variance : 0;
      if (gain > bestGain) [best, bestGain] = [feature, gain];
    }
    chosen.push(best);
    if (bestGain > 0) eliminate(products, covariances, size, best + 1);
  }
  return chosen;
}

/** Removes from every other feature, and from the score, what the pivot explains of it. */
function eliminate(products: Float64Array, covariances: Float64Array, size: number, pivot: number): void {
  const row = products.slice(pivot * size, (pivot + 1) * size);
  const scale = row[pivot] ?? NaN;
  const own = covariances[pivot] ?? NaN;
  for (let i = 0; i < size; i++) {
    if (i === pivot) continue;
    const share = (row[i] ?? NaN) / scale;
    covariances[i] = (covariances[i] ?? NaN) - share * own;
    for (let j = 0; j < size; j++) products[i * size + j] = (products[i * size + j] ?? NaN) - share * (row[j] ?? NaN);
  }
}
