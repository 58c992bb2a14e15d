import { Body, Controller, Inject, Param, Req, Res } from '@nestjs/common';
import type { Principal } from '#access';
import { stateOf, type BatchItem, type SubmittedBatch } from '#jobs';
import { ProblemError } from '#platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GATEWAY_PARTS, type GatewayParts } from '../gateway-parts.js';
import { answerOnce } from '../http/answer-once.js';
import { Caller } from '../http/caller.js';
import { Serve } from '../http/operation.js';
import { parseBody } from '../http/parse-body.js';
import { noQuery } from '../http/query/no-query.js';
import { answerPage, readPage, type Page } from '../http/query/page.js';
import { readQuery } from '../http/query/read-query.js';
import { absent, requireUuid } from '../http/require-uuid.js';
import { toJobAnswer } from '../jobs/job-answer.js';
import { noBodySchema } from '../jobs/no-body.js';
import { MethodRegistry } from '../methods/method-registry.js';
import {
  toBatchAnswer,
  toSubmittedBatchAnswer,
  type BatchAnswer,
  type BatchItemAnswer,
  type SubmittedBatchAnswer,
} from './batch-answer.js';
import { batchOperations } from './batch-operations.js';
import { batchItemQuery, batchQuery } from './batch-queries.js';
import { comparableBatch } from './comparable-batch.js';
import { parseBatch } from './parse-batch.js';

const LIST = '/v1/batches';

@Controller()
export class BatchesController {
  constructor(
    @Inject(GATEWAY_PARTS) private readonly parts: GatewayParts,
    private readonly registry: MethodRegistry,
  ) {}

  @Serve(batchOperations.submit)
  async submit(
    @Caller() caller: Principal,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SubmittedBatchAnswer> {
    readQuery(noQuery, request.url);
    const order = parseBody(this.registry.batchSchema, body);
    const { items, pointerOf } = parseBatch(order);
    return answerOnce(
      this.parts.idempotency,
      { caller, request, reply, body: comparableBatch(body) },
      (mark) => this.parts.batchSubmission.submit(caller, order, items, pointerOf, request.id, mark),
      (made: SubmittedBatch) => ({ status: 202, location: `${LIST}/${made.batch.id}`, body: toSubmittedBatchAnswer(made) }),
    );
  }

  @Serve(batchOperations.list)
  async list(
    @Caller() caller: Principal,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page<BatchAnswer>> {
    const { pageSize, pageToken, ...filter } = readQuery(batchQuery, request.url);
    return answerPage(
      { tokens: this.parts.pageTokens, reply, tenant: caller.tenant, pageSize, pageToken },
      (after, limit) => this.parts.batches.list(caller.tenant, filter, after, limit),
      toBatchAnswer,
    );
  }

  @Serve(batchOperations.get)
  async get(@Caller() caller: Principal, @Param('id') id: string, @Req() request: FastifyRequest): Promise<BatchAnswer> {
    readQuery(noQuery, request.url);
    const batch = await this.parts.batches.find(caller.tenant, requireUuid(id, 'batch'));
    if (batch === null) throw absent('batch');
    return toBatchAnswer(batch);
  }

  @Serve(batchOperations.items)
  async items(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page<BatchItemAnswer>> {
    const { pageSize, pageToken, state = null } = readQuery(batchItemQuery, request.url);
    const batch = await this.parts.batches.find(caller.tenant, requireUuid(id, 'batch'));
    if (batch === null) throw absent('batch');
    const { tenant, createdAt } = batch;
    // All items have the time of their batch, and their index tells them apart.
    const page = await readPage({ tokens: this.parts.pageTokens, reply, tenant, pageSize, pageToken }, async (after, limit) => {
      const items = await this.parts.batches.items(tenant, batch.id, state, after === null ? -1 : Number(after.id), limit);
      return items.map((item) => ({ createdAt, id: String(item.index), item }));
    });
    const rows = page.rows.map((row) => row.item);
    return { items: await this.answerItems(tenant, batch.id, rows), nextPageToken: page.nextPageToken };
  }

  @Serve(batchOperations.cancel)
  async cancel(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BatchAnswer> {
    readQuery(noQuery, request.url);
    parseBody(noBodySchema, body ?? {});
    const outcome = await this.parts.batchSubmission.cancel(caller, requireUuid(id, 'batch'), request.id);
    if (outcome.kind === 'absent') throw absent('batch');
    const { batch, kind } = outcome;
    if (kind === 'finished' && batch.cancelRequestedAt === null)
      throw new ProblemError('BATCH_FINISHED', { detail: 'every job of the batch has ended' });
    reply.code(stateOf(batch) === 'FINISHED' ? 200 : 202);
    return toBatchAnswer(batch);
  }

  private async answerItems(tenant: string, batchId: string, items: readonly BatchItem[]): Promise<BatchItemAnswer[]> {
    const refusals = items.flatMap((item) => ('refusal' in item ? [item.refusal] : []));
    const problems = await this.parts.batchSubmission.openRefusals(tenant, batchId, refusals);
    const errors = new Map(refusals.map(({ index }, at) => [index, problems[at]]));
    return items.flatMap((item): BatchItemAnswer[] => {
      if ('job' in item) return [{ index: item.index, job: toJobAnswer(item.job) }];
      const error = errors.get(item.index);
      return error === undefined ? [] : [{ index: item.index, error }];
    });
  }
}
