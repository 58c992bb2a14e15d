import type { Formula } from './formula-input.js';

/** Σ wᵢ xᵢ + c; numbers without a weight have no part. */
export function linearFormula(weights: readonly number[], constant = 0): Formula {
  return {
    score: (point) => point.reduce((sum, value, at) => sum + (weights[at] ?? 0) * value, constant),
    gradient: (point) => point.map((_, at) => weights[at] ?? 0),
  };
}

/** Σ wᵢ xᵢ², and the product of the first number and the second. */
export function quadraticFormula(weights: readonly number[], product = 0): Formula {
  return {
    score: (point) =>
      weights.reduce((sum, weight, at) => sum + weight * (point[at] ?? NaN) ** 2, product * (point[0] ?? NaN) * (point[1] ?? NaN)),
    gradient: (point) =>
      Float32Array.from(weights, (weight, at) => 2 * weight * (point[at] ?? NaN) + (at < 2 ? product * (point[1 - at] ?? NaN) : 0)),
  };
}

/** Flat up to a place, then as steep as said: no rule whose nodes are even finds the place. */
export function kinkFormula(place: number, slope: number): Formula {
  return {
    score: ([first = NaN]) => slope * Math.max(0, first - place),
    gradient: (point) => point.map((value, at) => (at === 0 && value > place ? slope : 0)),
  };
}
