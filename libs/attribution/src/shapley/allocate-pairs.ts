import type { PairStratum } from './pair-strata.js';

/**
 * How many pairs to draw from each stratum. The first, single players against all others, is taken whole: it alone makes
 * the regression solvable, and it weighs most. The others get the same number of pairs per coalition size, and a stratum
 * that has no more pairs than that is taken whole, which leaves more for the others.
 *
 * A larger sample contains every smaller one: no count falls when `pairs` rises.
 *
 * @param pairs pairs in all, at least those of the first stratum
 * @returns one count per stratum
 *
 * Source: C. Musco, R. T. Witter, "Provably accurate Shapley value estimation via leverage score sampling" (2024), section 3: the
 * leverage score of a coalition of size s is 1 / C(n, s), so that every size has the same total.
 */
export function allocatePairs(strata: readonly PairStratum[], pairs: number): readonly number[] {
  const [first, ...others] = strata;
  if (first === undefined || pairs < first.pairs) throw new RangeError(`${pairs} pairs do not cover the coalitions of one player`);
  const left = pairs - first.pairs;
  const level = findLevel(others, left);
  const counts = others.map((stratum) => Math.min(stratum.pairs, Math.floor(level * stratum.share)));
  let rest = left - counts.reduce((sum, count) => sum + count, 0);
  // The level was rounded down: the few pairs left go, one at a time, where the next one is due first.
  for (; rest > 0; rest--) {
    const next = findNext(others, counts);
    if (next < 0) break;
    counts[next] = (counts[next] ?? 0) + 1;
  }
  return [first.pairs, ...counts];
}

/** Pairs per share that use up `left`, strata that are exhausted before set aside. */
function findLevel(strata: readonly PairStratum[], left: number): number {
  const byHeight = [...strata].sort((a, b) => a.pairs / a.share - b.pairs / b.share);
  let shares = strata.reduce((sum, stratum) => sum + stratum.share, 0);
  let open = left;
  for (const { pairs, share } of byHeight) {
    if (pairs / share >= open / shares) return open / shares;
    open -= pairs;
    shares -= share;
  }
  return Infinity;
}

/** The stratum whose next pair comes at the lowest level; -1 when all are exhausted. */
function findNext(strata: readonly PairStratum[], counts: readonly number[]): number {
  let next = -1;
  let lowest = Infinity;
  strata.forEach(({ pairs, share }, index) => {
    const count = counts[index] ?? 0;
    const level = (count + 1) / share;
    if (count < pairs && level < lowest) [next, lowest] = [index, level];
  });
  return next;
}
