import type { FastifyReply } from 'fastify';

/** Aborted when the client goes away before its answer was sent. */
export function onDisconnect(reply: FastifyReply): AbortSignal {
  const abort = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) abort.abort();
  });
  return abort.signal;
}
