import { Controller, Inject, Param, Req } from '@nestjs/common';
import type { Principal } from '#access';
import type { ModelSummary, ModelVersion } from '#catalog';
import { quote } from '#explainers';
import { ProblemError } from '#platform';
import type { FastifyRequest } from 'fastify';
import { GATEWAY_PARTS, type GatewayParts } from '../gateway-parts.js';
import { Caller } from '../http/caller.js';
import { canExist } from '../http/names.js';
import { Serve } from '../http/operation.js';
import { noQuery } from '../http/query/no-query.js';
import type { Page } from '../http/query/page.js';
import { readQuery } from '../http/query/read-query.js';
import { MethodRegistry } from '../methods/method-registry.js';
import {
  toCapabilitiesAnswer,
  toModelAnswer,
  toVersionAnswer,
  type CapabilitiesAnswer,
  type ModelAnswer,
  type VersionAnswer,
} from './model-answers.js';
import {
  getCapabilitiesOperation,
  getModelOperation,
  getVersionOperation,
  listModelsOperation,
  listVersionsOperation,
} from './model-operations.js';

@Controller()
export class ModelsController {
  constructor(
    @Inject(GATEWAY_PARTS) private readonly parts: GatewayParts,
    private readonly registry: MethodRegistry,
  ) {}

  @Serve(listModelsOperation)
  async list(@Caller() caller: Principal, @Req() request: FastifyRequest): Promise<Page<ModelAnswer>> {
    readQuery(noQuery, request.url);
    return { items: (await this.parts.models.listModels(caller.tenant)).map(toModelAnswer), nextPageToken: null };
  }

  @Serve(getModelOperation)
  async get(@Caller() caller: Principal, @Param('model') name: string, @Req() request: FastifyRequest): Promise<ModelAnswer> {
    readQuery(noQuery, request.url);
    return toModelAnswer(await this.findModel(caller, name));
  }

  @Serve(listVersionsOperation)
  async listVersions(
    @Caller() caller: Principal,
    @Param('model') name: string,
    @Req() request: FastifyRequest,
  ): Promise<Page<VersionAnswer>> {
    readQuery(noQuery, request.url);
    await this.findModel(caller, name);
    return { items: (await this.parts.models.listVersions(caller.tenant, name)).map(toVersionAnswer), nextPageToken: null };
  }

  @Serve(getVersionOperation)
  async getVersion(
    @Caller() caller: Principal,
    @Param('model') name: string,
    @Param('version') version: string,
    @Req() request: FastifyRequest,
  ): Promise<VersionAnswer> {
    readQuery(noQuery, request.url);
    return toVersionAnswer(await this.findVersion(caller, name, version));
  }

  @Serve(getCapabilitiesOperation)
  async getCapabilities(
    @Caller() caller: Principal,
    @Param('model') name: string,
    @Param('version') version: string,
    @Req() request: FastifyRequest,
  ): Promise<CapabilitiesAnswer> {
    readQuery(noQuery, request.url);
    const found = await this.findVersion(caller, name, version);
    if (found.description === null) throw new ProblemError('MODEL_NOT_ACTIVE', { status: 409, detail: `this version is ${found.state}` });
    return toCapabilitiesAnswer(found, found.description, this.registry.forVersion(found.description.task, found.capabilities));
  }

  private async findModel(caller: Principal, name: string): Promise<ModelSummary> {
    const model = canExist(name) ? await this.parts.models.findModel(caller.tenant, name) : null;
    if (model === null) throw new ProblemError('MODEL_UNKNOWN', { detail: `there is no model ${quote(name)}` });
    return model;
  }

  private async findVersion(caller: Principal, name: string, version: string): Promise<ModelVersion> {
    const found = canExist(name) && canExist(version) ? await this.parts.models.findVersion(caller.tenant, name, version) : null;
    if (found !== null) return found;
    await this.findModel(caller, name);
    throw new ProblemError('MODEL_VERSION_UNKNOWN', { detail: `${name} has no version ${quote(version)}` });
  }
}
