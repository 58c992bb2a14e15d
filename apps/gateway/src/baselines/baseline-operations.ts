import { DEFAULT_PAGE_SIZE } from '../http/gateway-limits.js';
import type { Operation } from '../http/operation.js';
import { noQuery } from '../http/query/no-query.js';
import { onePage } from '../http/query/one-page.js';
import { pageQuery } from '../http/query/page-query.js';
import { pageSchema } from '../http/query/page-schema.js';
import { baselineSchema, newBaselineSchema } from './baseline-answers.js';

const tag = 'datasets';

export const addBaselineOperation: Operation = {
  id: 'addBaseline',
  method: 'POST',
  route: '/v1/baselines',
  tag,
  scope: 'models',
  query: noQuery,
  summary: 'Store a baseline',
  about: 'A row whose values stand for absent columns, for the masker baseline-row: name it as `baseline` in a job.',
  body: { schema: newBaselineSchema },
  answers: { 201: { about: 'The stored version.', schema: baselineSchema } },
  problems: [
    'CONFLICT',
    'MODEL_NOT_ACTIVE',
    'INPUT_KIND_MISMATCH',
    'COLUMN_UNKNOWN',
    'COLUMN_MISSING',
    'COLUMN_TYPE',
    'CATEGORY_UNKNOWN',
    { code: 'MODEL_UNKNOWN', status: 422 },
    { code: 'ALIAS_UNKNOWN', status: 422 },
  ],
};

export const listBaselinesOperation: Operation = {
  id: 'listBaselines',
  method: 'GET',
  route: '/v1/baselines',
  tag,
  scope: 'read',
  query: pageQuery,
  summary: 'Baselines, newest first',
  about: `A page has ${DEFAULT_PAGE_SIZE} versions unless \`pageSize\` says otherwise.`,
  answers: onePage(pageSchema('BaselinePage', baselineSchema)),
};
