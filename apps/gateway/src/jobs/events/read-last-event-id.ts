import { quote } from '#explainers';
import { ProblemError } from '#platform';

/**
 * The sequence of the last event a client has; 0 where it begins.
 *
 * @throws ProblemError HEADER_INVALID
 */
export function readLastEventId(header: string | readonly string[] | undefined): number {
  if (header === undefined) return 0;
  const text = typeof header === 'string' ? header : header.join(',');
  if (!/^\d{1,9}$/.test(text)) {
    throw new ProblemError('HEADER_INVALID', { detail: `Last-Event-ID needs the id of an event of this job; it is ${quote(text)}` });
  }
  return Number(text);
}
