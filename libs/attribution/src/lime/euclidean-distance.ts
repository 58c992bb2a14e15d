/**
 * Euclidean distance between a binary row and the row of all ones.
 *
 * @param kept number of ones in the row
 * @param features length of the row
 *
 * Source: lime 0.2.0.1, `LimeTabularExplainer` on discretised columns.
 */
export function euclideanDistance(kept: number, features: number): number {
  return Math.sqrt(features - kept);
}
