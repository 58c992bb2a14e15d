/**
 * 100 times the cosine distance between a binary row and the row of all ones, 0 … 100. The cosine of such a
 * pair is sqrt(kept / features). The row of all zeros has no direction; its distance is 100.
 *
 * @param kept number of ones in the row
 * @param features length of the row, at least 1
 *
 * Source: lime 0.2.0.1, `LimeTextExplainer` (cosine metric, times 100).
 */
export function cosineDistance(kept: number, features: number): number {
  return 100 * (1 - Math.sqrt(kept / features));
}
