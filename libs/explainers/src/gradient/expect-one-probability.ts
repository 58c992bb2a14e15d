import { ExplainProblem } from '../contract/explain-problem.js';

/**
 * Probabilities of several tokens added up are none: their joint number is the log-probability.
 *
 * @throws ExplainProblem PARAM_INVALID at the space of the target
 */
export function expectOneProbability(space: string, tokens: number, pointer: string): void {
  if (space !== 'probability' || tokens < 2) return;
  const detail = `${tokens} tokens have no probability in common: those of each would be added up`;
  const remedy = 'Leave the space out: the log-probability of several tokens is that of all together. Or explain one token.';
  throw new ExplainProblem('PARAM_INVALID', detail, `${pointer}/space`, remedy);
}
