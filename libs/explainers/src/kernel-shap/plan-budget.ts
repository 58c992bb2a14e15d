import { ExplainProblem } from '../contract/explain-problem.js';
import { expectAtMost } from '../game/check-players.js';

/** Pairs per player below which the standard errors are not calibrated. */
const pairsPerPlayer = 4;

/** The regression holds matrices of players x players. */
const mostPlayers = 1000;

/** Each further round has this many times the pairs of the one before. */
const growth = 1.5;

/** Coalitions there are; Infinity beyond the range of doubles. */
export function countCoalitions(players: number): number {
  return 2 ** players;
}

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
  const least = smallestBudget(players);
  if (budget >= least) return;
  const detail = `${players} players need a budget of at least ${least} evaluations, not ${budget}`;
  throw new ExplainProblem(
    'BUDGET_TOO_SMALL',
    detail,
    '/params/budget',
    `Set budget to ${least} or more, or use fewer players: sentences, or groups.`,
  );
}

/**
 * How many pairs there are in the sample after each round.
 *
 * @param budget at least `smallestBudget` and below `countCoalitions`
 * @param inRounds true when sampling may stop early
 */
export function planRounds(budget: number, players: number, inRounds: boolean): readonly number[] {
  const most = Math.floor((budget - 2) / 2);
  const rounds: number[] = [];
  if (inRounds) for (let pairs = pairsPerPlayer * players; pairs < most; pairs = Math.ceil(pairs * growth)) rounds.push(pairs);
  return [...rounds, most];
}
