import { Body, Controller, Inject, Param, Req, Res } from '@nestjs/common';
import type { Principal } from '#access';
import type { ModelVersion } from '#catalog';
import { quote } from '#explainers';
import { ProblemError, refuseField } from '#platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { uuidv7 } from 'uuidv7';
import { GATEWAY_PARTS, type GatewayParts } from '../gateway-parts.js';
import { Caller } from '../http/caller.js';
import { GATEWAY_LIMITS, type GatewayLimits } from '../http/gateway-limits.js';
import { canExist, isName, NAME_RULE } from '../http/names.js';
import { Serve } from '../http/operation.js';
import { parseBody } from '../http/parse-body.js';
import { noQuery } from '../http/query/no-query.js';
import { readQuery } from '../http/query/read-query.js';
import {
  toDeletionAnswer,
  toModelAnswer,
  toVersionAnswer,
  type DeletionAnswer,
  type ModelAnswer,
  type VersionAnswer,
} from './model-answers.js';
import {
  createModelOperation,
  deleteVersionOperation,
  deleteVersionQuery,
  setAliasOperation,
  uploadVersionOperation,
} from './model-change-operations.js';
import { aliasSchema, newModelSchema } from './model-requests.js';
import { receiveFiles } from './upload/receive-files.js';

/** Routes that change which models there are. */
@Controller()
export class ModelChangesController {
  constructor(
    @Inject(GATEWAY_PARTS) private readonly parts: GatewayParts,
    @Inject(GATEWAY_LIMITS) private readonly limits: GatewayLimits,
  ) {}

  @Serve(createModelOperation)
  async create(
    @Caller() caller: Principal,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ModelAnswer> {
    readQuery(noQuery, request.url);
    const { name } = parseBody(newModelSchema, body);
    await this.parts.keys.openTenant(caller.tenant, caller.actor);
    const { model, added } = await this.parts.models.addModel(caller, name);
    const answer = toModelAnswer(model);
    if (added) reply.code(201).header('Location', answer.href);
    else reply.code(200);
    return answer;
  }

  @Serve(uploadVersionOperation)
  async upload(
    @Caller() caller: Principal,
    @Param('model') name: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<VersionAnswer> {
    readQuery(noQuery, request.url);
    await this.expectModel(caller, name);
    const version = await this.receive(caller, name, request);
    this.parts.validator.nudge();
    const address = `/v1/models/${encodeURIComponent(name)}/versions/${encodeURIComponent(version.version)}`;
    reply.code(202).headers({ Location: address, 'Retry-After': '1' });
    return toVersionAnswer(version);
  }

  @Serve(setAliasOperation)
  async setAlias(
    @Caller() caller: Principal,
    @Param('model') name: string,
    @Param('alias') alias: string,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<VersionAnswer> {
    readQuery(noQuery, request.url);
    const { version } = parseBody(aliasSchema, body);
    if (!isName(alias))
      throw new ProblemError('PARAM_INVALID', { detail: `${quote(alias)} is no name of an alias`, remedy: `An alias has ${NAME_RULE}.` });
    await this.expectModel(caller, name);
    const set = version.includes('\0') ? 'version-unknown' : await this.parts.models.setAlias(caller, name, alias, version);
    if (set === 'version-unknown') throw refuseField('MODEL_VERSION_UNKNOWN', '/version', `${name} has no version ${quote(version)}`);
    if (set === 'not-active') throw refuseField('MODEL_NOT_ACTIVE', '/version', `version ${version} of ${name} is not ACTIVE`);
    reply.code(200);
    return toVersionAnswer(set);
  }

  @Serve(deleteVersionOperation)
  async delete(
    @Caller() caller: Principal,
    @Param('model') name: string,
    @Param('version') version: string,
    @Req() request: FastifyRequest,
  ): Promise<DeletionAnswer> {
    const force = readQuery(deleteVersionQuery, request.url).force === 'true';
    await this.expectModel(caller, name);
    const deleted = canExist(version) ? await this.parts.models.deleteVersion(caller, name, version, force) : 'version-unknown';
    if (deleted === 'version-unknown')
      throw new ProblemError('MODEL_VERSION_UNKNOWN', { detail: `${name} has no version ${quote(version)}` });
    if ('inUse' in deleted)
      throw new ProblemError('VERSION_IN_USE', { detail: `${deleted.inUse} explanations were made by version ${version} of ${name}` });
    const { location } = deleted.version;
    if (location.startsWith('uploaded:')) await this.parts.modelFiles.remove(location);
    return toDeletionAnswer(deleted, force);
  }

  /** Receives the files, then adds the row: a version in the database always has its files. */
  private async receive(caller: Principal, model: string, request: FastifyRequest): Promise<ModelVersion> {
    const { modelFiles, models } = this.parts;
    const staging = await modelFiles.open();
    try {
      const { version, files } = await receiveFiles(request.raw, modelFiles, staging, this.limits);
      if (version !== null && (await models.findVersion(caller.tenant, model, version)) !== null) throw exists(model, version);
      const id = uuidv7();
      const location = await modelFiles.keep(staging, caller.tenant, id);
      const added = await models.addUpload(caller, { id, model, version, location, files }).catch(async (error: unknown) => {
        await modelFiles.remove(location);
        throw error;
      });
      if (typeof added !== 'string') return added;
      await modelFiles.remove(location);
      throw added === 'model-unknown' ? unknown(model) : exists(model, version ?? '');
    } finally {
      await modelFiles.discard(staging);
    }
  }

  private async expectModel(caller: Principal, name: string): Promise<void> {
    if (!canExist(name) || (await this.parts.models.findModel(caller.tenant, name)) === null) throw unknown(name);
  }
}

function unknown(model: string): ProblemError {
  return new ProblemError('MODEL_UNKNOWN', { detail: `there is no model ${quote(model)}` });
}

function exists(model: string, version: string): ProblemError {
  return new ProblemError('CONFLICT', {
    detail: `${model} has, or had, a version ${quote(version)}`,
    remedy: 'Leave `version` out, or choose another: a version is never replaced.',
  });
}
