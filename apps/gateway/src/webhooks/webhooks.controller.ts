import { Body, Controller, HttpCode, Inject, Param, Req, Res } from '@nestjs/common';
import type { Principal } from '#access';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GATEWAY_PARTS, type GatewayParts } from '../gateway-parts.js';
import { Caller } from '../http/caller.js';
import { Serve } from '../http/operation.js';
import { parseBody } from '../http/parse-body.js';
import { noQuery } from '../http/query/no-query.js';
import { answerPage, type Page } from '../http/query/page.js';
import { pageQuery } from '../http/query/page-query.js';
import { readQuery } from '../http/query/read-query.js';
import { absent, requireUuid } from '../http/require-uuid.js';
import { toNewWebhookAnswer, toWebhookAnswer, webhookRequestSchema, type NewWebhookAnswer, type WebhookAnswer } from './webhook-answers.js';
import { createWebhookOperation, deleteWebhookOperation, listWebhooksOperation } from './webhook-operations.js';

const LIST = '/v1/webhooks';

@Controller()
export class WebhooksController {
  constructor(@Inject(GATEWAY_PARTS) private readonly parts: GatewayParts) {}

  @Serve(createWebhookOperation)
  async create(
    @Caller() caller: Principal,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<NewWebhookAnswer> {
    readQuery(noQuery, request.url);
    const { url, events } = parseBody(webhookRequestSchema, body);
    const webhook = await this.parts.webhooks.create(caller, url, events, request.id);
    reply.code(201).header('Location', LIST);
    return toNewWebhookAnswer(webhook);
  }

  @Serve(listWebhooksOperation)
  async list(
    @Caller() caller: Principal,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page<WebhookAnswer>> {
    const { pageSize, pageToken } = readQuery(pageQuery, request.url);
    return answerPage(
      { tokens: this.parts.pageTokens, reply, tenant: caller.tenant, pageSize, pageToken },
      (after, limit) => this.parts.webhooks.store.list(caller.tenant, after, limit),
      toWebhookAnswer,
    );
  }

  @Serve(deleteWebhookOperation)
  @HttpCode(204)
  async delete(@Caller() caller: Principal, @Param('id') id: string, @Req() request: FastifyRequest): Promise<void> {
    readQuery(noQuery, request.url);
    if (!(await this.parts.webhooks.store.remove(caller, requireUuid(id, 'webhook'), request.id))) throw absent('webhook');
  }
}
