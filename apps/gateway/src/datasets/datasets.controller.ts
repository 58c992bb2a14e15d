import { Controller, Inject, Param, Req, Res } from '@nestjs/common';
import type { Principal } from '#access';
import { quote } from '#explainers';
import { ProblemError } from '#platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GATEWAY_PARTS, type GatewayParts } from '../gateway-parts.js';
import { Caller } from '../http/caller.js';
import { GATEWAY_LIMITS, type GatewayLimits } from '../http/gateway-limits.js';
import { canExist } from '../http/names.js';
import { onDisconnect } from '../http/on-disconnect.js';
import { Serve } from '../http/operation.js';
import { noQuery } from '../http/query/no-query.js';
import { answerPage, type Page } from '../http/query/page.js';
import { pageQuery } from '../http/query/page-query.js';
import { readQuery } from '../http/query/read-query.js';
import {
  toDatasetAnswer,
  toDatasetVersionAnswer,
  type DatasetAnswer,
  type DatasetDeletionAnswer,
  type DatasetVersionAnswer,
} from './dataset-answers.js';
import {
  deleteDatasetOperation,
  deleteDatasetQuery,
  getDatasetOperation,
  listDatasetsOperation,
  uploadDatasetOperation,
} from './dataset-operations.js';
import { DatasetUpload } from './dataset-upload.js';

@Controller()
export class DatasetsController {
  private readonly uploads: DatasetUpload;

  constructor(
    @Inject(GATEWAY_PARTS) private readonly parts: GatewayParts,
    @Inject(GATEWAY_LIMITS) private readonly limits: GatewayLimits,
  ) {
    this.uploads = new DatasetUpload(parts.datasets, parts.models, parts.config.home, () => parts.modelFiles.freeBytes());
  }

  @Serve(uploadDatasetOperation)
  async upload(
    @Caller() caller: Principal,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DatasetVersionAnswer> {
    readQuery(noQuery, request.url);
    const answer = toDatasetVersionAnswer(await this.uploads.receive(caller, request.raw, this.limits, onDisconnect(reply)));
    reply.code(201).header('Location', answer.href);
    return answer;
  }

  @Serve(listDatasetsOperation)
  async list(
    @Caller() caller: Principal,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page<DatasetAnswer>> {
    const { pageSize, pageToken } = readQuery(pageQuery, request.url);
    return answerPage(
      { tokens: this.parts.pageTokens, reply, tenant: caller.tenant, pageSize, pageToken },
      (after, limit) => this.parts.datasets.list(caller.tenant, after, limit),
      toDatasetAnswer,
    );
  }

  @Serve(getDatasetOperation)
  async get(@Caller() caller: Principal, @Param('dataset') name: string, @Req() request: FastifyRequest): Promise<DatasetAnswer> {
    readQuery(noQuery, request.url);
    const found = canExist(name) ? await this.parts.datasets.findSummary(caller.tenant, name) : null;
    if (found === null) throw unknown(name);
    return toDatasetAnswer(found);
  }

  @Serve(deleteDatasetOperation)
  async delete(
    @Caller() caller: Principal,
    @Param('dataset') name: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DatasetDeletionAnswer> {
    const forced = readQuery(deleteDatasetQuery, request.url).force === 'true';
    const outcome = canExist(name) ? await this.parts.datasets.delete(caller, name, forced) : null;
    if (outcome === null || outcome.kind === 'absent') throw unknown(name);
    if (outcome.kind === 'needed')
      throw new ProblemError('DATASET_IN_USE', { detail: `${outcome.jobs} jobs and explanations need the rows of ${name}` });
    reply.code(200);
    return { name, versions: [...outcome.versions], forced };
  }
}

function unknown(name: string): ProblemError {
  return new ProblemError('DATASET_UNKNOWN', { detail: `there is no data set ${quote(name)}` });
}
