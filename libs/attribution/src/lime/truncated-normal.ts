import { normalQuantile } from '#numeric';
import { normalCdf } from './normal-cdf.js';

/** A normal variable confined to [min, max]; `mean` and `sd` are those of the unconfined variable. */
export interface TruncatedNormal {
  readonly mean: number;
  readonly sd: number;
  readonly min: number;
  readonly max: number;
  /** Probability of the unconfined variable below `min` and below `max`, both of the mirrored one where `mirrored`. */
  readonly below: readonly [number, number];
  /** True where the interval lies above the mean: the lower tail has more digits. */
  readonly mirrored: boolean;
}

/**
 * Prepares draws from a truncated normal law.
 *
 * @throws RangeError when `sd` is not positive or `min` exceeds `max`
 */
export function truncateNormal(mean: number, sd: number, min: number, max: number): TruncatedNormal {
  if (!(sd > 0) || !(min <= max)) throw new RangeError(`no truncated normal with sd ${sd} on [${min}, ${max}]`);
  const low = (min - mean) / sd;
  const high = (max - mean) / sd;
  const mirrored = low > 0;
  return {
    mean,
    sd,
    min,
    max,
    below: mirrored ? [normalCdf(-high), normalCdf(-low)] : [normalCdf(low), normalCdf(high)],
    mirrored,
  };
}

/**
 * One draw by inversion, within [min, max]. An interval of no width gives its only value.
 *
 * @param uniform 0 … 1, one uniform number
 */
export function drawTruncatedNormal(law: TruncatedNormal, uniform: number): number {
  if (law.min === law.max) return law.min;
  const [from, to] = law.below;
  const z = normalQuantile(from + uniform * (to - from));
  const value = law.mean + law.sd * (law.mirrored ? -z : z);
  return Math.min(law.max, Math.max(law.min, value));
}
