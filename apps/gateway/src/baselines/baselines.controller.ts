import { Body, Controller, Inject, Req, Res } from '@nestjs/common';
import type { Principal } from '#access';
import type { ActiveVersion } from '#catalog';
import { ExplainProblem, readRow, showCell } from '#explainers';
import { findActive, problemCodeOf } from '#jobs';
import { ProblemError, refuseField } from '#platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GATEWAY_PARTS, type GatewayParts } from '../gateway-parts.js';
import { Caller } from '../http/caller.js';
import { Serve } from '../http/operation.js';
import { parseBody } from '../http/parse-body.js';
import { noQuery } from '../http/query/no-query.js';
import { answerPage, type Page } from '../http/query/page.js';
import { pageQuery } from '../http/query/page-query.js';
import { readQuery } from '../http/query/read-query.js';
import { newBaselineSchema, toBaselineAnswer, type BaselineAnswer } from './baseline-answers.js';
import { addBaselineOperation, listBaselinesOperation } from './baseline-operations.js';

@Controller()
export class BaselinesController {
  constructor(@Inject(GATEWAY_PARTS) private readonly parts: GatewayParts) {}

  @Serve(addBaselineOperation)
  async add(
    @Caller() caller: Principal,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BaselineAnswer> {
    readQuery(noQuery, request.url);
    const { name, version = null, model, features } = parseBody(newBaselineSchema, body);
    const { version: found } = await findActive(this.parts.models, caller, { name: model }, '/model');
    const added = await this.parts.baselines.add(caller, { name, version, modelName: model, features: readFeatures(features, found) });
    if (added === null)
      throw new ProblemError('CONFLICT', { detail: `${name} has a version ${version}`, remedy: 'Leave `version` out, or choose another.' });
    reply.code(201);
    return toBaselineAnswer(added);
  }

  @Serve(listBaselinesOperation)
  async list(
    @Caller() caller: Principal,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page<BaselineAnswer>> {
    const { pageSize, pageToken } = readQuery(pageQuery, request.url);
    return answerPage(
      { tokens: this.parts.pageTokens, reply, tenant: caller.tenant, pageSize, pageToken },
      (after, limit) => this.parts.baselines.list(caller.tenant, after, limit),
      toBaselineAnswer,
    );
  }
}

/** One value per column, in model order, categories by name. */
function readFeatures(features: Readonly<Record<string, string | number>>, { description }: ActiveVersion) {
  const columns = description.features;
  if (columns.length === 0) throw refuseField('INPUT_KIND_MISMATCH', '/model', 'the model reads no columns');
  try {
    const cells = readRow(features, columns, '/features');
    return Object.fromEntries(columns.map((column, index) => [column.name, showCell(column, cells[index] ?? NaN)]));
  } catch (error) {
    if (error instanceof ExplainProblem) throw refuseField(problemCodeOf(error.code), error.pointer ?? '', error.detail, error.remedy);
    throw error;
  }
}
