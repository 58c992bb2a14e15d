import type { ProblemCode } from './problem-catalog.js';
import { createProblem, type Problem, type ProblemOccurrence } from './problem.js';

/** Thrown where a request must end with a problem document. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly problem: Problem;

  /**
   * @param headers to send with the answer, such as Retry-After or Allow
   * @param cause kept for the log, never sent
   */
  constructor(
    code: ProblemCode,
    occurrence: ProblemOccurrence = {},
    readonly headers: Readonly<Record<string, string>> = {},
    cause?: unknown,
  ) {
    const problem = createProblem(code, occurrence);
    super(`${code}: ${problem.detail}`, cause === undefined ? undefined : { cause });
    this.problem = problem;
  }
}
