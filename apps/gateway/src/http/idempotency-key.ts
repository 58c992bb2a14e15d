import { ProblemError } from '#platform';
import type { FastifyRequest } from 'fastify';

export const IDEMPOTENCY_KEY = 'Idempotency-Key';

/** What the reference says of the header, for every route that reads it. */
export const idempotencyHeaders = {
  [IDEMPOTENCY_KEY]:
    '1 to 255 printable ASCII characters of your choice. The same request under the same key acts once and gets the same answer for at least 24 hours.',
};

/** Of an answer that was given before. */
export const replayedHeader = { 'Idempotency-Replayed': '`true` when this answer was given before, under the same key.' };

/**
 * The Idempotency-Key of a request; null where there is none.
 *
 * @throws ProblemError HEADER_INVALID
 */
export function readIdempotencyKey(request: FastifyRequest): string | null {
  const [key, ...more] = request.raw.headersDistinct['idempotency-key'] ?? [];
  if (key === undefined) return null;
  if (more.length > 0) throw new ProblemError('HEADER_INVALID', { detail: `${IDEMPOTENCY_KEY} is given ${more.length + 1} times` });
  if (!/^[\x20-\x7e]{1,255}$/.test(key))
    throw new ProblemError('HEADER_INVALID', { detail: `${IDEMPOTENCY_KEY} needs 1 to 255 printable ASCII characters` });
  return key;
}
