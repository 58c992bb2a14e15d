import type { RidgeFit } from './fit-ridge.js';
import type { Neighbourhood } from './neighbourhood.js';

export interface SurrogateMeasures {
  /** Weighted R² of the fit. */
  readonly fidelity: number;
  /** Weighted standard deviation of the scores. */
  readonly scoreDeviation: number;
  /** One per selected feature. */
  readonly standardErrors: Float64Array;
}

/**
 * Says how well a surrogate follows its target on the neighbourhood, and how much its weights would differ had the
 * neighbourhood been drawn anew.
 *
 * The weights are a smooth function of independent draws (row 0, the original, is none of them), so their covariance
 * is that of an M-estimator: A⁻¹ B A⁻¹ with A the penalised normal matrix and B the scatter of the draws'
 * contributions w e x about their mean, each residual e divided by 1 - leverage (HC3).
 *
 * @param scores one per row of the neighbourhood
 * @param selected the features of `fit`, in its order
 *
 * Source: H. White, Econometrica 48 (1980); J. G. MacKinnon and H. White, Journal of Econometrics 29 (1985), HC3.
 */
export function measureSurrogate(
  neighbourhood: Neighbourhood,
  scores: Float64Array,
  selected: readonly number[],
  fit: RidgeFit,
): SurrogateMeasures {
  const { rows, counts, kernelWeights } = neighbourhood;
  const size = selected.length + 1;
  const bits = new Uint8Array(rows.features);
  const present = new Int32Array(size);
  const influence = new Float64Array(size);
  const sums = new Float64Array(size);
  const squares = new Float64Array(size);
  const mean = averageScore(neighbourhood, scores);
  let draws = 0;
  let unexplained = 0;
  let total = 0;
  let weights = 0;
  for (let row = 0; row < rows.length; row++) {
    rows.read(row, bits);
    const ones = listSelected(bits, selected, present);
    const weight = kernelWeights[row] ?? 0;
    const count = counts[row] ?? 0;
    const score = scores[row] ?? NaN;
    const residual = score - predict(fit, present, ones);
    unexplained += count * weight * residual * residual;
    total += count * weight * (score - mean) * (score - mean);
    weights += count * weight;
    if (row === 0) continue;
    project(fit.inverse, size, present, ones, influence);
    const scale = (weight * residual) / (1 - weight * sumAt(influence, present, ones));
    draws += count;
    for (let k = 1; k < size; k++) {
      const change = scale * (influence[k] ?? 0);
      sums[k] = (sums[k] ?? 0) + count * change;
      squares[k] = (squares[k] ?? 0) + count * change * change;
    }
  }
  return {
    fidelity: explainedShare(unexplained, total),
    scoreDeviation: Math.sqrt(total / weights),
    standardErrors: Float64Array.from(selected, (_, k) => spread(sums[k + 1] ?? NaN, squares[k + 1] ?? NaN, draws)),
  };
}

/** Writes the system's indices that are 1 in a row into `present`, the intercept first, and returns how many there are. */
function listSelected(bits: Uint8Array, selected: readonly number[], present: Int32Array): number {
  let count = 0;
  present[count++] = 0;
  selected.forEach((feature, k) => {
    if (bits[feature] === 1) present[count++] = k + 1;
  });
  return count;
}

function predict({ intercept, weights }: RidgeFit, present: Int32Array, ones: number): number {
  let prediction = intercept;
  for (let i = 1; i < ones; i++) prediction += weights[(present[i] ?? 0) - 1] ?? NaN;
  return prediction;
}

/** Inverse times row, into `product`. */
function project(inverse: Float64Array, size: number, present: Int32Array, ones: number, product: Float64Array): void {
  product.fill(0);
  for (let i = 0; i < ones; i++) {
    const start = (present[i] ?? 0) * size;
    for (let k = 0; k < size; k++) product[k] = (product[k] ?? 0) + (inverse[start + k] ?? NaN);
  }
}

function sumAt(values: Float64Array, present: Int32Array, ones: number): number {
  let sum = 0;
  for (let i = 0; i < ones; i++) sum += values[present[i] ?? 0] ?? NaN;
  return sum;
}

/** Differences from the original's score are averaged, so that equal scores have exactly their own mean. */
function averageScore({ rows, counts, kernelWeights }: Neighbourhood, scores: Float64Array): number {
  const original = scores[0] ?? NaN;
  let weighted = 0;
  let sum = 0;
  for (let row = 0; row < rows.length; row++) {
    const weight = (counts[row] ?? 0) * (kernelWeights[row] ?? 0);
    weighted += weight * ((scores[row] ?? NaN) - original);
    sum += weight;
  }
  return original + weighted / sum;
}

/** R² of a target that does not vary is 1: the surrogate's intercept is all there is to say of it. */
function explainedShare(unexplained: number, total: number): number {
  return total === 0 ? 1 : 1 - unexplained / total;
}

/** Standard error of a sum of independent contributions, from their sum and their sum of squares. */
function spread(sum: number, squares: number, draws: number): number {
  if (draws < 2) return 0;
  return Math.sqrt((Math.max(0, squares - (sum * sum) / draws) * draws) / (draws - 1));
}
