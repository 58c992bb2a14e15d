import { fitRidge, type RidgeFit } from './fit-ridge.js';
import type { Neighbourhood } from './neighbourhood.js';
import { sumProducts } from './normal-equations.js';
import { selectFeatures, type FeatureSelection } from './select-features.js';
import { measureSurrogate } from './measure-surrogate.js';

export interface SurrogateChoices {
  readonly selection: FeatureSelection;
  /** Features kept by a selection other than `none`, at least 1. */
  readonly numFeatures: number;
  /** Ridge penalty of the final fit, above 0. The intercept is not penalised. */
  readonly alpha: number;
}

/** A linear model of a target around one input. */
export interface Surrogate {
  readonly intercept: number;
  /** [feature]; 0 where a feature was not selected. */
  readonly weights: readonly number[];
  /** [feature]; spread of the weight over neighbourhoods drawn anew, given the selection; 0 where not selected. */
  readonly standardErrors: readonly number[];
  /** Feature indices, in the order of `selectFeatures`. */
  readonly selected: readonly number[];
  /** Weighted R² on the neighbourhood, at most 1. */
  readonly fidelity: number;
  /** Weighted standard deviation of the scores in the neighbourhood. */
  readonly scoreDeviation: number;
  /** What the surrogate says of the original. */
  readonly localPrediction: number;
}

/**
 * Fits one surrogate per target to the same neighbourhood: features are chosen, then a ridge regression with kernel
 * weights is solved on them.
 *
 * @param scores [target][row of the neighbourhood], finite
 *
 * Source: M. T. Ribeiro et al., "Why Should I Trust You?" (2016), algorithm 1; lime 0.2.0.1, `LimeBase`.
 */
export function fitSurrogates(
  neighbourhood: Neighbourhood,
  scores: readonly Float64Array[],
  choices: SurrogateChoices,
): readonly Surrogate[] {
  const equations = sumProducts(neighbourhood, scores);
  return scores.map((values, target) => {
    const selected = selectFeatures(equations, target, choices.selection, choices.numFeatures);
    const fit = fitRidge(equations, target, selected, choices.alpha);
    const { fidelity, scoreDeviation, standardErrors } = measureSurrogate(neighbourhood, values, selected, fit);
    const features = neighbourhood.rows.features;
    return {
      intercept: fit.intercept,
      weights: spread(fit.weights, selected, features),
      standardErrors: spread(standardErrors, selected, features),
      selected,
      fidelity,
      scoreDeviation,
      localPrediction: predictOriginal(fit),
    };
  });
}

function spread(values: ArrayLike<number>, selected: readonly number[], features: number): number[] {
  const full = new Array<number>(features).fill(0);
  selected.forEach((feature, k) => (full[feature] = values[k] ?? 0));
  return full;
}

function predictOriginal({ intercept, weights }: RidgeFit): number {
  return weights.reduce((sum, weight) => sum + weight, intercept);
}
