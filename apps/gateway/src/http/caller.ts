import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Principal } from '#access';
import { ProblemError } from '#platform';
import type { FastifyRequest } from 'fastify';

/** The principal of the request, as a parameter of a route. */
export const Caller = createParamDecorator((_data: unknown, context: ExecutionContext): Principal => {
  const { principal } = context.switchToHttp().getRequest<FastifyRequest>();
  if (principal === null) throw new ProblemError('UNAUTHENTICATED');
  return principal;
});
