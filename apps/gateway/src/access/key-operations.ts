import { z } from 'zod';
import type { Operation } from '../http/operation.js';
import { onePage } from '../http/query/one-page.js';
import { pageSchema } from '../http/query/page-schema.js';
import { noQuery } from '../http/query/no-query.js';
import type { QueryShape } from '../http/query/query-shape.js';
import { literalText, paging } from '../http/query/query-values.js';
import { apiKeySchema, newApiKeySchema } from './key-answers.js';
import { apiKeyRequestSchema } from './key-request.js';

const tag = 'access';
const scope = 'admin';
const tenant = literalText('Another tenant. Only the root key may name one.');

export const listKeysQuery = { parameters: z.object({ tenant, ...paging }), takesLabels: false } satisfies QueryShape;
/** Of routes where the root key may name a tenant. */
export const tenantQuery = { parameters: z.object({ tenant }), takesLabels: false } satisfies QueryShape;

export const createKeyOperation: Operation = {
  id: 'createApiKey',
  method: 'POST',
  route: '/v1/api-keys',
  tag,
  scope,
  query: noQuery,
  summary: 'Make an API key',
  about: 'The secret is in this answer and nowhere else: only its hash is stored. A key never has more scopes than the one that makes it.',
  body: { schema: apiKeyRequestSchema },
  answers: { 201: { about: 'The key, with its secret.', schema: newApiKeySchema, headers: { Location: 'The list of keys.' } } },
  problems: ['FORBIDDEN'],
};

export const listKeysOperation: Operation = {
  id: 'listApiKeys',
  method: 'GET',
  route: '/v1/api-keys',
  tag,
  scope,
  query: listKeysQuery,
  summary: 'The API keys, newest first',
  about: 'Without secrets; revoked and expired keys too.',
  answers: onePage(pageSchema('ApiKeyPage', apiKeySchema)),
  problems: ['FORBIDDEN'],
};

export const revokeKeyOperation: Operation = {
  id: 'revokeApiKey',
  method: 'DELETE',
  route: '/v1/api-keys/:id',
  tag,
  scope,
  query: tenantQuery,
  summary: 'Revoke an API key',
  about: 'For ever. This process refuses the key at once, every other gateway within five seconds. The key stays in the list.',
  path: { id: 'Id of the key.' },
  answers: { 204: { about: 'The key is revoked; also when it was before.' } },
  problems: ['NOT_FOUND', 'FORBIDDEN'],
};
