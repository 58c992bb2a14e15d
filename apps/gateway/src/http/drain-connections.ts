import { setTimeout as pause } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';

/** Shorter than a phase of the shutdown, so that the close is not given up. */
const PATIENCE_MS = 2500;
/** A client may be writing its next request on a connection that looks idle: so long it is still answered, with a refusal. */
const LINGER_MS = 1000;
const LOOK_MS = 25;

/**
 * When the server closes: lets the requests under way end, tells whoever sends another one to come again elsewhere, then closes every
 * connection. One that is open without a request, as browsers keep them, would otherwise hold up the close until its headers are overdue.
 */
export function drainConnections(instance: FastifyInstance): void {
  let underWay = 0;
  instance.server.on('request', (_request, response) => {
    underWay += 1;
    response.once('close', () => (underWay -= 1));
  });
  instance.addHook('preClose', async () => {
    const askedAt = performance.now();
    for (;;) {
      const waited = performance.now() - askedAt;
      if (waited >= PATIENCE_MS || (underWay === 0 && (waited >= LINGER_MS || (await countConnections(instance)) === 0))) break;
      await pause(LOOK_MS);
    }
    instance.server.closeAllConnections();
  });
}

function countConnections(instance: FastifyInstance): Promise<number> {
  return new Promise((resolve) => instance.server.getConnections((error, count) => resolve(error === null ? count : 0)));
}
