import { expectAtMost } from '../game/check-players.js';
import { countCoalitions } from '../game/count-coalitions.js';
import { expectBudget } from '../game/expect-budget.js';
import { planGrowth } from '../game/plan-growth.js';

/** Pairs per player below which the standard errors are not calibrated. */
const pairsPerPlayer = 4;

/** The regression holds matrices of players x players. */
const mostPlayers = 1000;

/** The smallest budget whose standard errors can be trusted; see the README for how that was measured. */
export function smallestBudget(players: number): number {
  return Math.min(countCoalitions(players), 2 + 2 * pairsPerPlayer * players);
}

/**
 * @throws ExplainProblem PLAYERS_TOO_MANY, BUDGET_TOO_SMALL that names the least
 */
export function checkBudget(budget: number, players: number): void {
  const remedy = 'Use fewer players: words instead of characters, sentences, or groups of your own.';
  expectAtMost(mostPlayers, players, 'kernel-shap solves a regression on the players', remedy);
  expectBudget(budget, players, smallestBudget(players));
}

/**
 * How many pairs there are in the sample after each round.
 *
 * @param budget at least `smallestBudget` and below `countCoalitions`
 * @param inRounds true when sampling may stop early
 */
export function planRounds(budget: number, players: number, inRounds: boolean): readonly number[] {
  return planGrowth(pairsPerPlayer * players, Math.floor((budget - 2) / 2), inRounds);
}
