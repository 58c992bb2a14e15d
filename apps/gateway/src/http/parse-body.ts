import { ProblemError } from '#platform';
import type { z } from 'zod';
import { describeIssues, issueOptions } from './describe-issues.js';
import { MAX_ERRORS } from './gateway-limits.js';

/**
 * Checks a body against its schema.
 *
 * @throws ProblemError 422 with one entry per fault; its code is the code of the faults where they share one, else
 *   SCHEMA_VIOLATION
 */
export function parseBody<Output>(schema: z.ZodType<Output>, body: unknown): Output {
  if (body === undefined) throw new ProblemError('MALFORMED_JSON', { detail: 'the body is empty' });
  const parsed = schema.safeParse(body, issueOptions);
  if (parsed.success) return parsed.data;
  const errors = describeIssues(parsed.error.issues);
  const [first, ...others] = errors;
  const code = first !== undefined && others.every((one) => one.code === first.code) ? first.code : 'SCHEMA_VIOLATION';
  const detail = first === undefined ? 'the body does not fit the schema' : `${first.pointer || 'the body'}: ${first.detail}`;
  throw new ProblemError(code, {
    detail: others.length === 0 ? detail : `${detail} (${errors.length} faults in all)`,
    errors: errors.slice(0, MAX_ERRORS),
  });
}
