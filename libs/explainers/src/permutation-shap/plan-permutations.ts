import { expectAtMost } from '../game/check-players.js';
import { countCoalitions } from '../game/count-coalitions.js';
import { expectBudget } from '../game/expect-budget.js';
import { planGrowth } from '../game/plan-growth.js';

/** Pairs below which the standard errors are not calibrated. */
const leastPairs = 4;

/** A permutation of n players lists up to n coalitions of n bits. */
const mostPlayers = 5000;

/** Evaluations of so many antithetic pairs when no two permutations share a coalition: the empty and the full one, and two chains between them. */
export function costOfPairs(players: number, pairs: number): number {
  return 2 + 2 * pairs * (players - 1);
}

/** The smallest budget whose standard errors can be trusted; see the README for how that was measured. */
export function smallestPermutationBudget(players: number): number {
  return Math.min(countCoalitions(players), costOfPairs(players, leastPairs));
}

/**
 * @throws ExplainProblem PLAYERS_TOO_MANY, BUDGET_TOO_SMALL that names the least
 */
export function checkPermutationBudget(budget: number, players: number): void {
  const remedy = 'Use fewer players: words instead of characters, sentences, or groups of your own.';
  expectAtMost(mostPlayers, players, 'permutation-shap walks through whole permutations', remedy);
  expectBudget(budget, players, smallestPermutationBudget(players));
}

/**
 * How many pairs are drawn after each round.
 *
 * @param budget at least `smallestPermutationBudget` and below 2^players
 * @param inRounds true when sampling may stop early
 */
export function planPermutations(budget: number, players: number, inRounds: boolean): readonly number[] {
  return planGrowth(leastPairs, Math.floor((budget - 2) / (2 * (players - 1))), inRounds);
}
