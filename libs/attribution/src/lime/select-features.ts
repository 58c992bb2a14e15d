import { fitRidge } from './fit-ridge.js';
import type { NormalEquations } from './normal-equations.js';
import { selectForward } from './select-forward.js';

export const featureSelections = ['none', 'highest_weights', 'forward_selection'] as const;

export type FeatureSelection = (typeof featureSelections)[number];

/** lime's penalty while it looks for the features that matter. */
const searchAlpha = 0.01;

/**
 * Chooses the features of a surrogate.
 *
 * - none: all of them
 * - highest_weights: the `count` whose coefficients are largest in absolute value in a ridge regression with penalty
 *   0.01; the original row is all ones, so a coefficient is its product with it
 * - forward_selection: see `selectForward`
 *
 * @returns feature indices: rising, largest coefficient first, or in the order of choice; ties by index
 *
 * Source: lime 0.2.0.1, `LimeBase.feature_selection`.
 */
export function selectFeatures(equations: NormalEquations, target: number, selection: FeatureSelection, count: number): readonly number[] {
  const all = Array.from({ length: equations.size - 1 }, (_, feature) => feature);
  if (selection === 'none') return all;
  if (selection === 'forward_selection') return selectForward(equations, target, count);
  const { weights } = fitRidge(equations, target, all, searchAlpha);
  const size = (feature: number): number => Math.abs(weights[feature] ?? 0);
  return all.toSorted((a, b) => size(b) - size(a)).slice(0, count);
}
