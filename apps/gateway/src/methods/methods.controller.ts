import { Controller, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Serve } from '../http/operation.js';
import { noQuery } from '../http/query/no-query.js';
import type { Page } from '../http/query/page.js';
import { readQuery } from '../http/query/read-query.js';
import { listMethodsOperation } from './method-operations.js';
import { MethodRegistry, type MethodAnswer } from './method-registry.js';

@Controller()
export class MethodsController {
  constructor(private readonly registry: MethodRegistry) {}

  @Serve(listMethodsOperation)
  list(@Req() request: FastifyRequest): Page<MethodAnswer> {
    readQuery(noQuery, request.url);
    return { items: this.registry.methods, nextPageToken: null };
  }
}
