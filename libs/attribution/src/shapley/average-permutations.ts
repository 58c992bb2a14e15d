import { normalQuantile, studentQuantile } from '#numeric';
import type { ShapleyEstimate } from './fit-shapley.js';
import type { PermutationPairs } from './permutation-pairs.js';

/** Probability outside the interval at which Student's law and the standard errors agree: 1 %. */
const tails = 0.01;

/** Weight of the common spread of all players, in pairs. */
const commonPairs = 4;

/**
 * Shapley values as means over antithetic pairs of permutations: a player's value in a pair is the mean of what it adds in
 * one order and in the reversed one. Each order adds up to v(all) - v(none), hence so do the values. A game whose
 * interactions join at most two players is recovered exactly by any pair.
 *
 * The pairs are independent draws, so the error of a mean follows from the spread over the pairs. Two corrections make it
 * hold with few pairs. The spread of a player is drawn towards the mean spread of all players, as if that had been seen in
 * `commonPairs` further pairs: a rare interaction that no pair met leaves a player's own spread too small. And the error is
 * stretched by the ratio of Student's to the normal quantile at 99 %, so that 2.58 standard errors hold 99 % of the cases.
 *
 * @param pairs at least 3
 * @param worths one per listed coalition
 * @param all worth of the full coalition
 *
 * Source: Castro et al. (2009) for the mean; G. K. Smyth (2004) for moderated variances.
 */
export function averagePermutations(pairs: PermutationPairs, worths: ArrayLike<number>, all: number): ShapleyEstimate {
  const { players } = pairs.coalitions;
  const means = new Float64Array(players);
  const squares = new Float64Array(players);
  const gains = new Float64Array(players);
  const none = worths[0] ?? NaN;
  for (let pair = 0; pair < pairs.length; pair++) {
    const { order, forward, backward } = pairs.read(pair);
    gains.fill(0);
    addGains(gains, order, forward, worths, none, all);
    addGains(gains, order.toReversed(), backward, worths, none, all);
    for (let player = 0; player < players; player++) {
      // Welford: the mean so far and the squares about it.
      const value = (gains[player] ?? NaN) / 2;
      const before = value - (means[player] ?? NaN);
      means[player] = (means[player] ?? NaN) + before / (pair + 1);
      squares[player] = (squares[player] ?? NaN) + before * (value - (means[player] ?? NaN));
    }
  }
  return { values: means, standardErrors: measureErrors(squares, pairs.length) };
}

function addGains(gains: Float64Array, order: Int32Array, passed: Int32Array, worths: ArrayLike<number>, none: number, all: number): void {
  let before = none;
  order.forEach((player, place) => {
    const after = place < passed.length ? (worths[passed[place] ?? -1] ?? NaN) : all;
    gains[player] = (gains[player] ?? NaN) + (after - before);
    before = after;
  });
}

function measureErrors(squares: Float64Array, pairs: number): Float64Array {
  const common = squares.reduce((sum, square) => sum + square, 0) / squares.length / (pairs - 1);
  const stretch = studentQuantile(tails, pairs - 1) / -normalQuantile(tails / 2);
  return squares.map((square) => stretch * Math.sqrt((square + commonPairs * common) / (pairs - 1 + commonPairs) / pairs));
}
