import { problemCatalog, type ProblemCode } from '#platform';

export interface Failure {
  readonly code: ProblemCode;
  /** One sentence for a person; no path, no stack. */
  readonly detail: string;
  /** RFC 6901 pointer into the request body; null when no part of it is to blame. */
  readonly pointer?: string | null;
  /** What to do in this very case; null leaves the catalogue's general remedy. */
  readonly remedy?: string | null;
}

/**
 * Why a run ended without a result, fit to be shown to whoever sent the request. A Runner rejects with the codes of
 * ExplainProblem and with:
 *
 * - MODEL_CRASHED: the process died without an answer
 * - DEADLINE_EXCEEDED: stopped at the deadline
 * - RESOURCE_LIMIT: stopped at the memory limit, or out of memory
 * - CANCELLED: stopped because its signal was aborted
 * - RESULT_INVALID: the output does not have the shape every result has
 * - METHOD_UNKNOWN: this build has no such method
 * - SHUTTING_DOWN: the runner was closed
 * - INTERNAL: a programming error; its stack is in the log
 */
export class RunFailure extends Error {
  override readonly name = 'RunFailure';
  readonly code: ProblemCode;
  readonly detail: string;
  readonly pointer: string | null;
  readonly remedy: string | null;
  /** True when the same order may succeed on another try. */
  readonly retryable: boolean;

  constructor(failure: Failure) {
    super(`${failure.code}: ${failure.detail}`);
    this.code = failure.code;
    this.detail = failure.detail;
    this.pointer = failure.pointer ?? null;
    this.remedy = failure.remedy ?? null;
    this.retryable = problemCatalog[failure.code].retryable;
  }
}
