import { ExplainProblem, type ExplainProblemCode } from '../contract/explain-problem.js';

/** What can be wrong with a row alone. */
const rowFaults = new Set<ExplainProblemCode>([
  'TEXT_EMPTY',
  'TEXT_INVALID',
  'PLAYERS_TOO_MANY',
  'BUDGET_TOO_SMALL',
  'COLUMN_MISSING',
  'COLUMN_TYPE',
  'CATEGORY_UNKNOWN',
  'MODEL_OUTPUT_NON_FINITE',
]);

/** True where only this row cannot be explained: it is counted, and the others go on. Everything else ends plan and job. */
export function isRowFault(error: unknown): error is ExplainProblem {
  return error instanceof ExplainProblem && rowFaults.has(error.code);
}
