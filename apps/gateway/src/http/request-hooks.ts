import type { Principal } from '#access';
import { ProblemError, withRequestContext, type Config, type Logger } from '#platform';
import type { FastifyInstance } from 'fastify';
import type { RequestGate } from '../access/request-gate.js';
import { checkOrigin } from './check-origin.js';
import { checkWire } from './check-wire.js';
import type { RouteTable } from './route-table.js';
import { securityHeaders } from './security-headers.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Null on routes that everyone may read. */
    principal: Principal | null;
  }
}

/** What happens to every request before its route is reached, and to every answer before it leaves. */
export function addRequestHooks(instance: FastifyInstance, config: Config, logger: Logger, routes: RouteTable, gate: RequestGate): void {
  let closing = false;
  instance.decorateRequest('principal', null);
  instance.addHook('preClose', (done) => {
    closing = true;
    done();
  });
  instance.addHook('onRequest', (request, _reply, done) => withRequestContext({ requestId: request.id }, done));
  instance.addHook('onRequest', async (request, reply) => {
    if (closing) throw new ProblemError('SHUTTING_DOWN', {}, { 'Retry-After': '2' });
    checkWire(request.raw);
    checkOrigin(request.headers, config);
    request.principal = await gate.identify(request, reply);
    if (request.is404) throw notFound(request.url, routes);
    gate.checkScope(request, request.principal);
  });
  instance.addHook('onSend', (request, reply, payload, done) => {
    reply.header('X-Request-Id', request.id);
    if (closing) reply.header('Connection', 'close');
    for (const [name, value] of Object.entries(securityHeaders)) if (!reply.hasHeader(name)) reply.header(name, value);
    done(null, payload);
  });
  instance.addHook('onResponse', (request, reply, done) => {
    logger.debug(
      {
        requestId: request.id,
        method: request.method,
        route: request.routeOptions.url ?? null,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
      },
      'request answered',
    );
    done();
  });
}

function notFound(url: string, routes: RouteTable): ProblemError {
  const methods = routes.methodsOf(url);
  if (methods.length === 0) return new ProblemError('NOT_FOUND', { detail: 'there is no such address' });
  return new ProblemError('METHOD_NOT_ALLOWED', { detail: `this address answers ${methods.join(', ')}` }, { Allow: methods.join(', ') });
}
