import { setTimeout as pause } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';

/** Shorter than a phase of the shutdown, so that the close is not given up. */
const PATIENCE_MS = 2500;

/**
 * When the server closes: lets the requests under way end, then closes every connection. One that is open without a
 * request, as browsers keep them, would otherwise hold up the close until its headers are overdue.
 */
export function drainConnections(instance: FastifyInstance): void {
  let underWay = 0;
  let lastEnded: () => void = () => undefined;
  instance.server.on('request', (_request, response) => {
    underWay += 1;
    response.once('close', () => {
      underWay -= 1;
      if (underWay === 0) lastEnded();
    });
  });
  instance.addHook('preClose', async () => {
    const late = new AbortController();
    if (underWay > 0) {
      await Promise.race([
        new Promise<void>((resolve) => {
          lastEnded = resolve;
        }),
        pause(PATIENCE_MS, undefined, { signal: late.signal }).catch(() => undefined), // aborted: nobody waits any more
      ]);
    }
    late.abort();
    instance.server.closeAllConnections();
  });
}
