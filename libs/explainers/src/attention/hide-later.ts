/** Stands for minus infinity: the most negative float32. */
const LOWEST = -3.4028234663852886e38;

/** The scores of a token over all keys: those that were not there yet when it looked are hidden, as a mask hides them. */
export function hideLater(scores: Float32Array | Float64Array, keys: number): Float32Array | Float64Array {
  if (scores.length === keys) return scores;
  const all = new Float32Array(keys).fill(LOWEST);
  all.set(scores);
  return all;
}
