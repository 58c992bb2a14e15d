import { binomial } from '#numeric';

/**
 * All pairs of a coalition and its complement in which the smaller one has the same size. Of two halves of an even number
 * of players, the one with player 0 stands for the pair, so that a pair is counted once.
 */
export interface PairStratum {
  /** Players in the smaller coalition, 1 … players / 2. */
  readonly size: number;
  /** Pairs there are; Infinity beyond the range of doubles. */
  readonly pairs: number;
  /** Share of the sample, in sizes: two sizes meet in a stratum, one in the middle. */
  readonly share: number;
}

/**
 * The pairs of all coalitions but the empty and the full one, by size.
 *
 * @param players at least 2
 */
export function pairStrata(players: number): readonly PairStratum[] {
  return Array.from({ length: Math.floor(players / 2) }, (_, index) => {
    const size = index + 1;
    const isMiddle = 2 * size === players;
    return {
      size,
      pairs: isMiddle ? binomial(players - 1, size - 1) : binomial(players, size),
      share: isMiddle ? 1 : 2,
    };
  });
}
