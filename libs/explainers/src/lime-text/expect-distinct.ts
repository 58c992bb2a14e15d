import { binomial } from '#numeric';

/**
 * How many different rows a neighbourhood is expected to have: the text itself, and of the subsets of each size those that at least one
 * of the draws hits.
 *
 * @param samples perturbations, the text itself included
 * @returns rounded, at most `samples`
 */
export function expectDistinct(players: number, samples: number): number {
  let expected = 1;
  for (let removed = 1; removed <= players; removed++) {
    const subsets = binomial(players, removed);
    const missed = (samples - 1) * Math.log1p(-1 / (players * subsets));
    expected += subsets * -Math.expm1(missed);
  }
  return Math.min(samples, Math.round(expected));
}
