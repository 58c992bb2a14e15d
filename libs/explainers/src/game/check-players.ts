import { ExplainProblem } from '../contract/explain-problem.js';

/**
 * @param what the method's way to say why, such as `exact-shap asks for all 2^n coalitions`
 * @throws ExplainProblem PLAYERS_TOO_MANY
 */
export function expectAtMost(limit: number, players: number, what: string, remedy: string): void {
  if (players <= limit) return;
  throw new ExplainProblem(
    'PLAYERS_TOO_MANY',
    `${what} and takes at most ${limit} players; there are ${players}`,
    '/params/players',
    remedy,
  );
}
