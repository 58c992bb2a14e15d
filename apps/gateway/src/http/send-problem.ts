import type { Logger, Problem } from '#platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { securityHeaders } from './security-headers.js';
import { toProblemError } from './to-problem-error.js';

const LONGEST_INSTANCE = 512;

/** Ends a request with the problem document of its error. Faults of the platform go to the log. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply, logger: Logger): void {
  const { problem, headers, cause } = toProblemError(error);
  if (problem.status >= 500) {
    // 500 is a fault of this program; above that something it needs is away.
    const level = problem.status === 500 ? 'error' : 'warn';
    logger[level]({ err: cause ?? error, code: problem.code, requestId: request.id, method: request.method }, 'request failed');
  }
  const completed: Problem = { ...problem, requestId: request.id, instance: problem.instance ?? pathOf(request.url) };
  void reply
    .code(problem.status)
    .headers({
      ...securityHeaders,
      ...headers,
      'X-Request-Id': request.id,
      ...(problem.status === 401 ? { 'WWW-Authenticate': 'Bearer realm="vitrine"' } : {}),
    })
    .type('application/problem+json')
    .send(JSON.stringify(completed));
}

function pathOf(url: string): string {
  return url.replace(/[?#].*$/s, '').slice(0, LONGEST_INSTANCE);
}
