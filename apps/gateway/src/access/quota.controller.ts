import { Body, Controller, Inject, Req } from '@nestjs/common';
import { isRoot, type Principal } from '#access';
import { ProblemError } from '#platform';
import type { FastifyRequest } from 'fastify';
import { GATEWAY_PARTS, type GatewayParts } from '../gateway-parts.js';
import { Caller } from '../http/caller.js';
import { Serve } from '../http/operation.js';
import { parseBody } from '../http/parse-body.js';
import { noQuery } from '../http/query/no-query.js';
import { readQuery } from '../http/query/read-query.js';
import { chooseTenant } from './choose-tenant.js';
import { tenantQuery } from './key-operations.js';
import { quotaRequestSchema, toQuotaAnswer, type QuotaAnswer } from './quota-answer.js';
import { getQuotaOperation, setQuotaOperation } from './quota-operations.js';

@Controller()
export class QuotaController {
  constructor(@Inject(GATEWAY_PARTS) private readonly parts: GatewayParts) {}

  @Serve(getQuotaOperation)
  async get(@Caller() caller: Principal, @Req() request: FastifyRequest): Promise<QuotaAnswer> {
    const tenant = chooseTenant(caller, readQuery(tenantQuery, request.url).tenant);
    return toQuotaAnswer(tenant, await this.parts.quota.read(tenant));
  }

  @Serve(setQuotaOperation)
  async set(@Caller() caller: Principal, @Body() body: unknown, @Req() request: FastifyRequest): Promise<QuotaAnswer> {
    readQuery(noQuery, request.url);
    const { tenant = caller.tenant, modelRowsPerDay } = parseBody(quotaRequestSchema, body);
    if (!isRoot(caller))
      throw new ProblemError('FORBIDDEN', {
        detail: 'only the root key may set a quota',
        remedy: 'Send VITRINE_ADMIN_KEY, or set VITRINE_QUOTA_MODEL_ROWS and start again.',
      });
    if (!(await this.parts.quota.store.setQuota(caller, tenant, modelRowsPerDay, request.id)))
      throw new ProblemError('NOT_FOUND', { detail: 'there is no such tenant', remedy: 'Make a key for the tenant first.' });
    return toQuotaAnswer(tenant, await this.parts.quota.read(tenant));
  }
}
