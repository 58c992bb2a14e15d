import { ExplainProblem } from '../contract/explain-problem.js';
import { expectAtMost } from '../game/check-players.js';

/** Pairs below which the standard errors are not calibrated. */
const leastPairs = 4;

/** A permutation of n players lists up to n coalitions of n bits. */
const mostPlayers = 5000;

/** Each further round has this many times the pairs of the one before. */
const growth = 1.5;

/** Evaluations of so many antithetic pairs when no two permutations share a coalition: the empty and the full one, and two chains between them. */
export function costOfPairs(players: number, pairs: number): number {
  return 2 + 2 * pairs * (players - 1);
}

/** The smallest budget whose standard errors can be trusted; see the README for how that was measured. */
export function smallestPermutationBudget(players: number): number {
  return Math.min(2 ** players, costOfPairs(players, leastPairs));
}

/**
 * @throws ExplainProblem PLAYERS_TOO_MANY, BUDGET_TOO_SMALL that names the least
 */
export function checkPermutationBudget(budget: number, players: number): void {
  const remedy = 'Use fewer players: words instead of characters, sentences, or groups of your own.';
  expectAtMost(mostPlayers, players, 'permutation-shap walks through whole permutations', remedy);
  const least = smallestPermutationBudget(players);
  if (budget >= least) return;
  throw new ExplainProblem(
    'BUDGET_TOO_SMALL',
    `${players} players need a budget of at least ${least} evaluations, not ${budget}`,
    '/params/budget',
    `Set budget to ${least} or more, or use fewer players: sentences, or groups.`,
  );
}

/**
 * How many pairs are drawn after each round.
 *
 * @param budget at least `smallestPermutationBudget` and below 2^players
 * @param inRounds true when sampling may stop early
 */
export function planPermutations(budget: number, players: number, inRounds: boolean): readonly number[] {
  const most = Math.floor((budget - 2) / (2 * (players - 1)));
  const rounds: number[] = [];
  if (inRounds) for (let pairs = leastPairs; pairs < most; pairs = Math.ceil(pairs * growth)) rounds.push(pairs);
  return [...rounds, most];
}
