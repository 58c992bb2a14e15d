import type { ProblemCode } from './problem-catalog.js';
import { ProblemError } from './problem-error.js';

/**
 * A 422 that names the part of the body to blame.
 *
 * @param pointer RFC 6901 pointer into the request body
 * @param remedy what to do in this very case; null leaves the catalogue's general remedy
 */
export function refuseField(code: ProblemCode, pointer: string, detail: string, remedy: string | null = null): ProblemError {
  return new ProblemError(code, { status: 422, detail, remedy, errors: [{ pointer, code, detail }] });
}
