import { invertDesign } from './pair-design.js';
import { measureErrors } from './pair-errors.js';
import { evenShare, listMembers, pairWeight, type PairSample, type SampledWorths } from './pair-sample.js';

export interface ShapleyEstimate {
  /** One per player; they sum to `total`. */
  readonly values: Float64Array;
  /** One per player, at least 0; 0 when every stratum is whole. */
  readonly standardErrors: Float64Array;
}

/**
 * Shapley values by regression on a sample of coalition pairs. The empty and the full coalition are exact constraints: the
 * values sum to v(all) - v(none), whatever the sample. A game without interactions is recovered exactly by any sample,
 * and with every pair in the sample the values are the Shapley values of any game.
 *
 * @param sample its first stratum whole
 * @param targets games on the same coalitions
 *
 * Source: S. M. Lundberg, S.-I. Lee, "A unified approach to interpreting model predictions" (2017), theorem 2; I. Covert, S.-I. Lee,
 * "Improving KernelSHAP" (2021), section 4 (pairs); the errors: see `measureErrors`.
 */
export function fitShapley(sample: PairSample, targets: readonly SampledWorths[]): readonly ShapleyEstimate[] {
  const inverse = invertDesign(sample);
  const slopes = targets.map((target) => fitSlopes(sample, inverse, target));
  const errors = measureErrors(sample, inverse, targets, slopes);
  return targets.map(({ total }, index) => ({
    values: Float64Array.from(slopes[index] ?? [], (slope) => slope + total / sample.players),
    standardErrors: errors[index] ?? new Float64Array(sample.players),
  }));
}

/** The values less their mean: weighted least squares on x, with what equal players would have taken off. */
function fitSlopes(sample: PairSample, inverse: Float64Array, { oddParts, total }: SampledWorths): Float64Array {
  const { players, stratumOf } = sample;
  const moments = new Float64Array(players);
  const present = new Uint8Array(players);
  const members = new Int32Array(players);
  let spread = 0;
  for (let pair = 0; pair < sample.pairs.length; pair++) {
    const size = listMembers(sample, pair, present, members);
    const surplus = pairWeight(sample, stratumOf[pair] ?? 0) * ((oddParts[pair] ?? NaN) - evenShare(total, size, players));
    spread += (size / players) * surplus;
    for (let a = 0; a < size; a++) {
      const member = members[a] ?? 0;
      moments[member] = (moments[member] ?? 0) + surplus;
    }
  }
  const slopes = new Float64Array(players);
  for (let i = 0; i < players; i++) {
    let slope = 0;
    for (let j = 0; j < players; j++) slope += (inverse[i * players + j] ?? NaN) * ((moments[j] ?? NaN) - spread);
    slopes[i] = slope;
  }
  const mean = slopes.reduce((sum, slope) => sum + slope, 0) / players;
  return slopes.map((slope) => slope - mean);
}
