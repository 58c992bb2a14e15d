import type { ExplainProblemCode } from '#explainers';
import type { ProblemCode } from '#platform';

/** Fails to compile when an explainer's code has no entry in the catalogue of problem documents. */
export function problemCodeOf(code: ExplainProblemCode): ProblemCode {
  return code;
}
