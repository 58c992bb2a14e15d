import { ExplainProblem } from '../contract/explain-problem.js';

/**
 * @param least evaluations of the smallest sample whose standard errors can be trusted
 * @throws ExplainProblem BUDGET_TOO_SMALL that names the least
 */
export function expectBudget(budget: number, players: number, least: number): void {
  if (budget >= least) return;
  throw new ExplainProblem(
    'BUDGET_TOO_SMALL',
    `${players} players need a budget of at least ${least} evaluations, not ${budget}`,
    '/params/budget',
    `Set budget to ${least} or more, or use fewer players: sentences, or groups.`,
  );
}
