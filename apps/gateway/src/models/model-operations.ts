import type { Operation } from '../http/operation.js';
import { noQuery } from '../http/query/no-query.js';
import { pageSchema } from '../http/query/page-schema.js';
import { capabilitiesSchema, modelSchema, versionSchema } from './model-answers.js';

const tag = 'models';
const scope = 'read';
const query = noQuery;
const model = { model: 'Name of the model.' };
const version = { ...model, version: 'Version of the model.' };

export const listModelsOperation: Operation = {
  id: 'listModels',
  method: 'GET',
  route: '/v1/models',
  tag,
  scope,
  query,
  summary: 'The registered models',
  answers: { 200: { about: 'All models by name, on one page.', schema: pageSchema('ModelPage', modelSchema) } },
};

export const getModelOperation: Operation = {
  id: 'getModel',
  method: 'GET',
  route: '/v1/models/:model',
  tag,
  scope,
  query,
  summary: 'One model',
  path: model,
  answers: { 200: { about: 'The model.', schema: modelSchema } },
  problems: ['MODEL_UNKNOWN'],
};

export const listVersionsOperation: Operation = {
  id: 'listVersions',
  method: 'GET',
  route: '/v1/models/:model/versions',
  tag,
  scope,
  query,
  summary: 'The versions of a model',
  path: model,
  answers: { 200: { about: 'All versions on one page, newest first.', schema: pageSchema('ModelVersionPage', versionSchema) } },
  problems: ['MODEL_UNKNOWN'],
};

export const getVersionOperation: Operation = {
  id: 'getVersion',
  method: 'GET',
  route: '/v1/models/:model/versions/:version',
  tag,
  scope,
  query,
  summary: 'One version of a model',
  path: version,
  answers: { 200: { about: 'The version.', schema: versionSchema } },
  problems: ['MODEL_UNKNOWN', 'MODEL_VERSION_UNKNOWN'],
};

export const getCapabilitiesOperation: Operation = {
  id: 'getCapabilities',
  method: 'GET',
  route: '/v1/models/:model/versions/:version/capabilities',
  tag,
  scope,
  query,
  summary: 'What a version can do',
  path: version,
  answers: { 200: { about: 'Task, classes, columns and methods.', schema: capabilitiesSchema } },
  problems: ['MODEL_UNKNOWN', 'MODEL_VERSION_UNKNOWN', { code: 'MODEL_NOT_ACTIVE', status: 409 }],
};
