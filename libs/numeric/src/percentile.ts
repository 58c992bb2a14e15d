/**
 * A percentile by linear interpolation between order statistics, as numpy's method 'linear': the value at position
 * (length - 1) · percent / 100 of the sorted list.
 *
 * @param sorted rising, at least one value
 * @param percent 0 … 100
 * @throws RangeError for an empty list or a percentage outside its range
 *
 * Source: R. J. Hyndman, Y. Fan, "Sample quantiles in statistical packages", The American Statistician 50 (1996), definition 7.
 */
export function percentile(sorted: ArrayLike<number>, percent: number): number {
  if (sorted.length === 0) throw new RangeError('no values');
  if (!(percent >= 0 && percent <= 100)) throw new RangeError(`${percent} is no percentage`);
  const position = (sorted.length - 1) * (percent / 100);
  const index = Math.floor(position);
  const share = position - index;
  const low = sorted[index] ?? NaN;
  const high = sorted[Math.min(index + 1, sorted.length - 1)] ?? NaN;
  // numpy interpolates from the nearer end, so that a share of 1/2 and above gives its very bits.
  return share >= 0.5 ? high - (high - low) * (1 - share) : low + (high - low) * share;
}
