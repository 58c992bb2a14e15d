import { z } from 'zod';
import type { Operation } from '../http/operation.js';
import { noQuery } from '../http/query/no-query.js';
import type { QueryShape } from '../http/query/query-shape.js';
import { deletionSchema, modelSchema, versionSchema } from './model-answers.js';
import { aliasSchema, newModelSchema, uploadForm } from './model-requests.js';

const tag = 'models';
const scope = 'models';
const model = { model: 'Name of the model.' };
const version = { ...model, version: 'Version of the model.' };

export const deleteVersionQuery = {
  parameters: z.object({
    force: z
      .enum(['true', 'false'])
      .default('false')
      .meta({ description: '`true`: also when explanations could then no longer be replayed. The audit log says so.' }),
  }),
  takesLabels: false,
} satisfies QueryShape;

export const createModelOperation: Operation = {
  id: 'createModel',
  method: 'POST',
  route: '/v1/models',
  tag,
  scope,
  query: noQuery,
  summary: 'Name a model',
  about: 'Its versions are uploaded to it. A model that exists is answered as it is.',
  body: { schema: newModelSchema },
  answers: {
    201: { about: 'A new model, without versions.', schema: modelSchema, headers: { Location: 'Its address.' } },
    200: { about: 'The model was there.', schema: modelSchema },
  },
};

export const uploadVersionOperation: Operation = {
  id: 'uploadVersion',
  method: 'POST',
  route: '/v1/models/:model/versions',
  tag,
  scope,
  query: noQuery,
  summary: 'Upload a version of a model',
  about:
    'The answer comes when every byte is on the disk and the version is a row in the database: VALIDATING. A child process then reads, opens and runs it, and it ' +
    'becomes ACTIVE, or REJECTED with reasons. The first ACTIVE version gets the alias `production`.',
  path: model,
  requestHeaders: { 'Repr-Digest': 'sha-256 of the body (RFC 9530).', 'Content-Digest': 'The same; there is no Content-Encoding.' },
  body: { media: 'multipart/form-data', about: uploadForm },
  answers: {
    202: {
      about: 'Received; it is being validated.',
      schema: versionSchema,
      headers: { Location: 'Address of the version.', 'Retry-After': 'Seconds until a look at it is worth while.' },
    },
  },
  problems: ['MODEL_UNKNOWN', 'CONFLICT'],
};

export const setAliasOperation: Operation = {
  id: 'setAlias',
  method: 'POST',
  route: '/v1/models/:model/aliases/:alias',
  tag,
  scope,
  query: noQuery,
  summary: 'Point an alias at a version',
  about: 'A request without a version means the alias `production`.',
  path: { ...model, alias: 'Name of the alias, new or not.' },
  body: { schema: aliasSchema },
  answers: { 200: { about: 'The version, with its aliases.', schema: versionSchema } },
  problems: ['MODEL_UNKNOWN', { code: 'MODEL_VERSION_UNKNOWN', status: 422 }, 'MODEL_NOT_ACTIVE', 'PARAM_INVALID'],
};

export const deleteVersionOperation: Operation = {
  id: 'deleteVersion',
  method: 'DELETE',
  route: '/v1/models/:model/versions/:version',
  tag,
  scope: 'admin',
  query: deleteVersionQuery,
  summary: 'Delete a version of a model',
  about:
    'Its uploaded files are removed and its aliases go with it; jobs that still wait for it fail with MODEL_NOT_ACTIVE. Its name is never given again, and records that ' +
    'name it keep doing so. Files below VITRINE_MODELS are not touched.',
  path: version,
  answers: { 200: { about: 'What went.', schema: deletionSchema } },
  problems: ['MODEL_UNKNOWN', 'MODEL_VERSION_UNKNOWN', 'VERSION_IN_USE'],
};
