import { Body, Controller, HttpCode, Inject, Param, Req, Res } from '@nestjs/common';
import { mintSecret, type Principal } from '#access';
import { ProblemError } from '#platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GATEWAY_PARTS, type GatewayParts } from '../gateway-parts.js';
import { Caller } from '../http/caller.js';
import { Serve } from '../http/operation.js';
import { parseBody } from '../http/parse-body.js';
import { noQuery } from '../http/query/no-query.js';
import { answerPage, type Page } from '../http/query/page.js';
import { readQuery } from '../http/query/read-query.js';
import { absent, requireUuid } from '../http/require-uuid.js';
import { chooseTenant } from './choose-tenant.js';
import { toApiKeyAnswer, type ApiKeyAnswer, type NewApiKeyAnswer } from './key-answers.js';
import { createKeyOperation, listKeysOperation, listKeysQuery, revokeKeyOperation, tenantQuery } from './key-operations.js';
import { apiKeyRequestSchema } from './key-request.js';

const LIST = '/v1/api-keys';

@Controller()
export class KeysController {
  constructor(@Inject(GATEWAY_PARTS) private readonly parts: GatewayParts) {}

  @Serve(createKeyOperation)
  async create(
    @Caller() caller: Principal,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<NewApiKeyAnswer> {
    readQuery(noQuery, request.url);
    const order = parseBody(apiKeyRequestSchema, body);
    const tenant = chooseTenant(caller, order.tenant);
    const beyond = order.scopes.filter((scope) => !caller.scopes.includes(scope));
    if (beyond.length > 0)
      throw new ProblemError('FORBIDDEN', {
        detail: `a key cannot give away the scope ${beyond.join(', ')}, which it does not have`,
        remedy: `Ask for scopes among ${caller.scopes.join(', ')}.`,
      });
    const { secret, prefix, hash } = mintSecret();
    await this.parts.keys.openTenant(tenant, caller.actor);
    const { name, actor = name, scopes, expiresAt } = order;
    const key = await this.parts.apiKeys.add(caller, { tenant, name, actor, scopes, expiresAt, prefix, hash }, request.id);
    reply.code(201).header('Location', LIST);
    return { ...toApiKeyAnswer(key), secret };
  }

  @Serve(listKeysOperation)
  async list(
    @Caller() caller: Principal,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page<ApiKeyAnswer>> {
    const { tenant: wanted, pageSize, pageToken } = readQuery(listKeysQuery, request.url);
    const tenant = chooseTenant(caller, wanted);
    return answerPage(
      { tokens: this.parts.pageTokens, reply, tenant, pageSize, pageToken },
      (after, limit) => this.parts.apiKeys.list(tenant, after, limit),
      toApiKeyAnswer,
    );
  }

  @Serve(revokeKeyOperation)
  @HttpCode(204)
  async revoke(@Caller() caller: Principal, @Param('id') given: string, @Req() request: FastifyRequest): Promise<void> {
    const tenant = chooseTenant(caller, readQuery(tenantQuery, request.url).tenant);
    const id = requireUuid(given, 'API key');
    if (!(await this.parts.apiKeys.revoke(caller, tenant, id, request.id))) throw absent('API key');
    this.parts.authenticator.forget(id);
  }
}
