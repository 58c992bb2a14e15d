import { quote } from '#explainers';
import { ProblemError } from '#platform';
import { MAX_WAIT_SECONDS } from './gateway-limits.js';

/**
 * Seconds of `Prefer: wait=N` (RFC 7240), at most the limit; null where the client does not ask to wait. Other
 * preferences are ignored, as the RFC wants.
 *
 * @throws ProblemError HEADER_INVALID when N is no whole number
 */
export function readPreferredWait(header: string | readonly string[] | undefined): number | null {
  const preferences = (typeof header === 'string' ? header : (header ?? []).join(',')).split(',');
  for (const preference of preferences) {
    const [assignment = ''] = preference.split(';'); // what follows are parameters, and wait has none
    const [name = '', ...value] = assignment.split('=');
    if (name.trim().toLowerCase() !== 'wait') continue;
    const seconds = unquote(value.join('=').trim());
    if (!/^\d{1,9}$/.test(seconds)) {
      throw new ProblemError('HEADER_INVALID', { detail: `Prefer: wait needs a whole number of seconds; it is ${quote(seconds)}` });
    }
    return Math.min(Number(seconds), MAX_WAIT_SECONDS); // the first one counts
  }
  return null;
}

function unquote(text: string): string {
  return text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
}
