/**
 * The largest of many numbers.
 *
 * @param count at most
 * @returns their places, largest first; of equal ones the first place comes first
 */
export function rankTokens(values: Float32Array | Float64Array, count: number): readonly number[] {
  const ranked: number[] = [];
  if (count <= 0) return ranked;
  for (let at = 0; at < values.length; at++) {
    const value = values[at] ?? NaN;
    const weakest = ranked.length < count ? -Infinity : (values[ranked.at(-1) ?? 0] ?? NaN);
    if (ranked.length >= count && value <= weakest) continue;
    let place = ranked.length;
    while (place > 0 && (values[ranked[place - 1] ?? 0] ?? NaN) < value) place--;
    ranked.splice(place, 0, at);
    if (ranked.length > count) ranked.pop();
  }
  return ranked;
}
