import { binomial } from '#numeric';

/**
 * Shapley values from the worths of all coalitions.
 *
 * @param worths [2^players]; player k is in coalition S when bit k of the index S is set
 * @returns one value per player, in the unit of the worths; their sum is the worth of all minus that of none
 * @throws RangeError when the table does not have 2^players entries
 *
 * Source: L. S. Shapley, "A value for n-person games" (1953), equation 13.
 */
export function shapleyValues(worths: Float64Array, players: number): Float64Array {
  if (worths.length !== 2 ** players) throw new RangeError(`${worths.length} worths for ${players} players`);
  const weights = Float64Array.from({ length: players }, (_, size) => 1 / (players * binomial(players - 1, size)));
  return Float64Array.from({ length: players }, (_, player) => averageGain(worths, player, weights));
}

/**
 * Σ weight(|S|) · (v(S ∪ i) - v(S)) over all S without i. The gains of one size are summed first, each sum with its rounding
 * errors carried along (Neumaier), so that 2^19 terms lose no more digits than a few.
 */
function averageGain(worths: Float64Array, player: number, weights: Float64Array): number {
  const bit = 2 ** player;
  const sums = new Float64Array(weights.length);
  const lost = new Float64Array(weights.length);
  for (let coalition = 0; coalition < worths.length; coalition++) {
    if ((coalition & bit) !== 0) continue;
    const size = countBits(coalition);
    const gain = (worths[coalition + bit] ?? NaN) - (worths[coalition] ?? NaN);
    const sum = sums[size] ?? NaN;
    const next = sum + gain;
    lost[size] = (lost[size] ?? NaN) + (Math.abs(sum) >= Math.abs(gain) ? sum - next + gain : gain - next + sum);
    sums[size] = next;
  }
  return sums.reduce((total, sum, size) => total + (weights[size] ?? NaN) * (sum + (lost[size] ?? NaN)), 0);
}

function countBits(word: number): number {
  let rest = word - ((word >>> 1) & 0x55555555);
  rest = (rest & 0x33333333) + ((rest >>> 2) & 0x33333333);
  return Math.imul((rest + (rest >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
