import { scopes, type Authenticator, type Principal } from '#access';
import { ProblemError } from '#platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Operation } from '../http/operation.js';
import type { RateLimiter } from './rate-limiter.js';

/** The one place that decides who may enter which route. */
export class RequestGate {
  private readonly operations: ReadonlyMap<string, Operation>;

  constructor(
    operations: readonly Operation[],
    private readonly authenticator: Authenticator,
    private readonly limiter: RateLimiter,
  ) {
    this.operations = new Map(operations.map((operation) => [`${operation.method} ${operation.route}`, operation]));
  }

  /**
   * Who sent the request, counted against what they may send; null on a route that is open to everyone, where nobody is
   * asked.
   *
   * @throws ProblemError UNAUTHENTICATED or RATE_LIMITED
   */
  async identify(request: FastifyRequest, reply: FastifyReply): Promise<Principal | null> {
    if (this.operationOf(request)?.scope === null) return null;
    const principal = await this.authenticator.identify(request.headers.authorization);
    if (principal === null) throw new ProblemError('UNAUTHENTICATED');
    void reply.headers(await this.limiter.take(principal));
    return principal;
  }

  /**
   * Lets a request through to its route. A route that is not among the operations asks for every scope.
   *
   * @throws ProblemError SCOPE_MISSING
   */
  checkScope(request: FastifyRequest, principal: Principal | null): void {
    const operation = this.operationOf(request);
    if (principal === null || operation?.scope === null) return;
    const wanted = operation === undefined ? scopes : [operation.scope];
    const missing = wanted.filter((scope) => !principal.scopes.includes(scope));
    if (missing.length === 0) return;
    throw new ProblemError('SCOPE_MISSING', {
      detail: `this route needs the scope ${missing.join(', ')}; the key has ${principal.scopes.join(', ')}`,
      remedy: `Use a key with the scope ${missing.join(', ')}.`,
    });
  }

  private operationOf(request: FastifyRequest): Operation | undefined {
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    return this.operations.get(`${method} ${request.routeOptions.url ?? ''}`);
  }
}
