import { ExplainProblem } from '../contract/explain-problem.js';

/**
 * Refuses queries that no text of the model can have, before a job is accepted.
 *
 * @throws ExplainProblem PARAM_INVALID at the first
 */
export function checkQueries(queries: readonly number[] | null, maxTokens: number | null): void {
  const place = queries?.findIndex((position) => position >= (maxTokens ?? Infinity)) ?? -1;
  if (place < 0) return;
  const detail = `there is no query ${queries?.[place] ?? ''}: the model reads ${maxTokens ?? 0} tokens at most`;
  throw new ExplainProblem('PARAM_INVALID', detail, `/params/queries/${place}`, 'Positions are counted in tokens, from 0.');
}
