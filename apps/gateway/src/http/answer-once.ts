import type { Principal } from '#access';
import type { Answer, Idempotency, KeyMark } from '#jobs';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { readIdempotencyKey } from './idempotency-key.js';

/** A request with its way to be answered. */
export interface Exchange {
  readonly caller: Principal;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** The parsed body. */
  readonly body: unknown;
}

/**
 * Answers a POST that acts once under its Idempotency-Key: sets status, Location and Idempotency-Replayed, and returns the
 * body. The address counts with its ids, so that a key for one resource means nothing at another.
 *
 * @param act does the work; hands the mark to the transaction that does it
 * @throws ProblemError HEADER_INVALID or IDEMPOTENCY_KEY_REUSED
 */
export async function answerOnce<Made, Body>(
  idempotency: Idempotency,
  { caller, request, reply, body }: Exchange,
  act: (mark: KeyMark<Made> | null) => Promise<Made>,
  describe: (made: Made) => Answer & { readonly body: Body },
): Promise<Body> {
  const { answer, replayed } = await idempotency.answer(
    {
      principal: caller,
      key: readIdempotencyKey(request),
      method: request.method,
      path: request.url.replace(/[?#].*$/s, ''),
      body,
    },
    act,
    describe,
  );
  reply.code(answer.status);
  if (answer.location !== null) reply.header('Location', answer.location);
  if (replayed) reply.header('Idempotency-Replayed', 'true');
  return answer.body as Body; // what `describe` made, now or when the answer was kept
}
