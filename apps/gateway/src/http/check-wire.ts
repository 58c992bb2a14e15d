import type { IncomingMessage } from 'node:http';
import { ProblemError } from '#platform';

/** Headers of which two would leave open which one counts. */
const SINGLE = ['host', 'authorization'] as const;

/**
 * Refuses what two readers of one request could understand differently: a header that decides who may do what and comes twice,
 * and an address with a host of its own, which would count instead of the Host header (RFC 9112, section 3.2.2).
 *
 * @throws ProblemError HEADER_INVALID
 */
export function checkWire({ url, headersDistinct }: Pick<IncomingMessage, 'url' | 'headersDistinct'>): void {
  for (const name of SINGLE)
    if ((headersDistinct[name]?.length ?? 0) > 1)
      throw new ProblemError('HEADER_INVALID', { detail: `there is more than one ${name} header` });
  if (url?.startsWith('/') !== true)
    throw new ProblemError('HEADER_INVALID', {
      detail: 'the request line holds more than a path',
      remedy: 'Send the path alone, such as GET /v1/jobs, and the host in the Host header.',
    });
}
