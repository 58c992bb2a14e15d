import { problemCatalog, type ProblemCode } from './problem-catalog.js';

/** One fault within the body. */
export interface ProblemDetail {
  /** RFC 6901 pointer into the request body; '' is the whole body. */
  readonly pointer: string;
  readonly code: ProblemCode;
  readonly detail: string;
}

/** A problem document, RFC 9457, with the members of this API. */
export interface Problem {
  /** A relative URI reference that leads to the explanation of the code. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** Path of the request or of the resource; null where there is neither. */
  readonly instance: string | null;
  readonly code: ProblemCode;
  readonly requestId: string | null;
  readonly retryable: boolean;
  readonly remedy: string;
  readonly errors: readonly ProblemDetail[];
}

/** What an occurrence adds to the catalogue's entry. */
export interface ProblemOccurrence {
  /** One sentence for a person, with the bad value in it. The title where absent. */
  readonly detail?: string | undefined;
  readonly instance?: string | null | undefined;
  readonly requestId?: string | null | undefined;
  readonly errors?: readonly ProblemDetail[] | undefined;
  /** Better advice than the catalogue's. Null keeps the catalogue's. */
  readonly remedy?: string | null | undefined;
  /** Where the same fault has another status, such as an unknown model inside a body. */
  readonly status?: number | undefined;
  readonly retryable?: boolean | undefined;
}

/** Fills the catalogue's entry for `code` with what is known of this occurrence. */
export function createProblem(code: ProblemCode, occurrence: ProblemOccurrence = {}): Problem {
  const entry = problemCatalog[code];
  return {
    type: `/docs/problems#${code}`,
    title: entry.title,
    status: occurrence.status ?? entry.status,
    detail: occurrence.detail ?? entry.title,
    instance: occurrence.instance ?? null,
    code,
    requestId: occurrence.requestId ?? null,
    retryable: occurrence.retryable ?? entry.retryable,
    remedy: occurrence.remedy ?? entry.remedy,
    errors: occurrence.errors ?? [],
  };
}
