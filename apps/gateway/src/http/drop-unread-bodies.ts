import type { FastifyInstance } from 'fastify';
import type { GatewayLimits } from './gateway-limits.js';

/**
 * Closes a connection whose request was answered and whose body still trickles in. The server's own time for a request is
 * that of the largest upload.
 */
export function dropUnreadBodies(instance: FastifyInstance, limits: GatewayLimits): void {
  instance.addHook('onResponse', ({ raw }, _reply, done) => {
    if (!raw.complete) {
      const timer = setTimeout(() => raw.socket.destroy(), limits.bodyTimeoutMs);
      raw.once('close', () => clearTimeout(timer));
    }
    done();
  });
}
