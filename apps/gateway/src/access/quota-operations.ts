import type { Operation } from '../http/operation.js';
import { noQuery } from '../http/query/no-query.js';
import { tenantQuery } from './key-operations.js';
import { quotaRequestSchema, quotaSchema } from './quota-answer.js';

export const getQuotaOperation: Operation = {
  id: 'getQuota',
  method: 'GET',
  route: '/v1/quota',
  tag: 'access',
  scope: 'read',
  query: tenantQuery,
  summary: 'What the tenant has used today, and may use',
  answers: { 200: { about: 'As of now.', schema: quotaSchema } },
  problems: ['FORBIDDEN'],
};

export const setQuotaOperation: Operation = {
  id: 'setQuota',
  method: 'PUT',
  route: '/v1/quota',
  tag: 'access',
  scope: 'admin',
  query: noQuery,
  summary: 'Set the quota of a tenant',
  about:
    'For the root key alone. Other gateways follow within five seconds. A tenant at its quota starts no new jobs until the next midnight, UTC; those that run end.',
  body: { schema: quotaRequestSchema },
  answers: { 200: { about: 'The quota as it is now.', schema: quotaSchema } },
  problems: ['NOT_FOUND', 'FORBIDDEN'],
};
