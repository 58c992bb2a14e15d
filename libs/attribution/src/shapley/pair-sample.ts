import type { BinaryRows } from '../lime/binary-rows.js';
import type { PairStratum } from './pair-strata.js';

/**
 * Pairs of a coalition S and its complement drawn from strata without replacement, as a weighted sample of all pairs.
 *
 * A value of the Shapley regression is a weighted least-squares coefficient over all coalitions. Because the kernel weighs S
 * and its complement alike, only the odd part (v(S) - v(complement)) / 2 of the game matters, and the pairs are the data: a
 * pair is described by x = z - |S| / n, where z is 1 for the members of S, and weighs 2 / (C(n, s) s (n - s)), times the
 * number of pairs in the stratum that each drawn one stands for.
 */
export interface PairSample {
  readonly players: number;
  readonly strata: readonly PairStratum[];
  /** Pairs drawn from each stratum: all of them, or at least two. */
  readonly counts: readonly number[];
  /** The smaller coalition of each pair drawn. */
  readonly pairs: BinaryRows;
  /** For each pair the index of its stratum. */
  readonly stratumOf: ArrayLike<number>;
}

/** What the sampled pairs say of one target. */
export interface SampledWorths {
  /** For each pair of the sample (v(S) - v(complement)) / 2, S being the smaller coalition. */
  readonly oddParts: Float64Array;
  /** v(all) - v(none), known exactly. */
  readonly total: number;
}

/** Weight of each pair of a stratum in the regression. */
export function pairWeight({ players, strata, counts }: PairSample, stratum: number): number {
  const size = strata[stratum]?.size ?? NaN;
  // C(n, s) cancels against the number of pairs, which for large n would not fit into a number.
  return (strata[stratum]?.share ?? NaN) / (size * (players - size) * (counts[stratum] ?? NaN));
}

/** Share of a stratum that was not drawn, 0 … 1: the only part that can surprise. */
export function unseenShare({ strata, counts }: PairSample, stratum: number): number {
  return 1 - (counts[stratum] ?? NaN) / (strata[stratum]?.pairs ?? NaN);
}

/** Writes the members of a pair's smaller coalition into `members` and returns how many there are. */
export function listMembers(sample: PairSample, pair: number, present: Uint8Array, members: Int32Array): number {
  sample.pairs.read(pair, present);
  let count = 0;
  for (let player = 0; player < sample.players; player++) if (present[player] === 1) members[count++] = player;
  return count;
}

/**
 * What a pair would have if all players were worth the same.
 *
 * @param size players in the smaller coalition
 */
export function evenShare(total: number, size: number, players: number): number {
  return total * (size / players - 0.5);
}
