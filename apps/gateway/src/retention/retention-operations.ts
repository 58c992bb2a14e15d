import type { Operation } from '../http/operation.js';
import { noQuery } from '../http/query/no-query.js';
import { policySchema, retentionSchema, storageSchema } from './retention-answers.js';

const tag = 'platform';
const scope = 'admin';

export const getRetentionOperation: Operation = {
  id: 'getRetention',
  method: 'GET',
  route: '/v1/retention',
  tag,
  scope,
  summary: 'How long explanations are kept, and the last pass over them',
  query: noQuery,
  answers: { 200: { about: 'The policy.', schema: retentionSchema } },
};

export const setRetentionOperation: Operation = {
  id: 'setRetention',
  method: 'PUT',
  route: '/v1/retention',
  tag,
  scope,
  summary: 'Set how long explanations are kept',
  about:
    'Takes the place of the policy before. A pass over the history begins within seconds; it destroys inputs, results and tensors, and the records stay. ' +
    'What is destroyed cannot be brought back.',
  query: noQuery,
  body: { schema: policySchema },
  answers: { 200: { about: 'The policy as it is now.', schema: retentionSchema } },
  problems: ['RETENTION_BELOW_FLOOR'],
};

export const getStorageOperation: Operation = {
  id: 'getStorage',
  method: 'GET',
  route: '/v1/storage',
  tag,
  scope,
  summary: 'What is stored and what retention would free',
  query: noQuery,
  answers: { 200: { about: 'Bytes by kind.', schema: storageSchema } },
};
