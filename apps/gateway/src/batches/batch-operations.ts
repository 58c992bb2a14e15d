import { MAX_BATCH_ITEMS } from '#jobs';
import { BATCH_BODY_BYTES, DEFAULT_PAGE_SIZE } from '../http/gateway-limits.js';
import { idempotencyHeaders, replayedHeader } from '../http/idempotency-key.js';
import type { Operation } from '../http/operation.js';
import { noQuery } from '../http/query/no-query.js';
import { onePage } from '../http/query/one-page.js';
import { pageSchema } from '../http/query/page-schema.js';
import { requestProblems } from '../jobs/job-operations.js';
import { batchItemAnswerSchema, batchSchema, submittedBatchSchema } from './batch-answer.js';
import { batchItemQuery, batchQuery } from './batch-queries.js';

const path = { id: 'Id of the batch.' };

/** The routes of batches. */
export const batchOperations = {
  submit: {
    id: 'submitBatch',
    method: 'POST',
    route: '/v1/batches',
    tag: 'batches',
    scope: 'explain',
    summary: 'Explain many predictions',
    about:
      `Queues a job for each of at most ${MAX_BATCH_ITEMS} inputs; the body may have ${BATCH_BODY_BYTES / 2 ** 20} MiB. Method, model, target and ` +
      'parameters are shared. An item that cannot be run is refused alone, with its problem; where no item can be run, or what they share is ' +
      'wrong, the whole is refused.',
    query: noQuery,
    requestHeaders: idempotencyHeaders,
    body: 'batch-request',
    bodyBytes: BATCH_BODY_BYTES,
    apart: ['inputs', 'items'],
    answers: {
      202: { about: 'The jobs are queued.', schema: submittedBatchSchema, headers: { Location: 'The batch.', ...replayedHeader } },
    },
    problems: ['QUOTA_EXCEEDED', ...requestProblems, 'BATCH_REFUSED', 'IDEMPOTENCY_KEY_REUSED'],
  },
  list: {
    id: 'listBatches',
    method: 'GET',
    route: '/v1/batches',
    tag: 'batches',
    scope: 'read',
    summary: 'Batches, newest first',
    about: `Filters are compared literally and must all hold. A page has ${DEFAULT_PAGE_SIZE} batches unless \`pageSize\` says otherwise.`,
    query: batchQuery,
    answers: onePage(pageSchema('BatchPage', batchSchema)),
  },
  get: {
    id: 'getBatch',
    method: 'GET',
    route: '/v1/batches/:id',
    tag: 'batches',
    scope: 'read',
    summary: 'One batch, its jobs counted by state',
    query: noQuery,
    path,
    answers: { 200: { about: 'The batch as it is now.', schema: batchSchema } },
    problems: ['NOT_FOUND'],
  },
  items: {
    id: 'listBatchItems',
    method: 'GET',
    route: '/v1/batches/:id/items',
    tag: 'batches',
    scope: 'read',
    summary: 'The items of a batch in their order',
    query: batchItemQuery,
    path,
    answers: onePage(pageSchema('BatchItemPage', batchItemAnswerSchema)),
    problems: ['NOT_FOUND'],
  },
  cancel: {
    id: 'cancelBatch',
    method: 'POST',
    route: '/v1/batches/:id/cancel',
    tag: 'batches',
    scope: 'explain',
    summary: 'Cancel what is left of a batch',
    about:
      'Waiting jobs end at once; running ones are CANCELLING until their process is gone. Jobs that have ended stay as they are. Needs no body.',
    query: noQuery,
    path,
    answers: {
      200: { about: 'Every job has ended by now.', schema: batchSchema },
      202: { about: 'Running jobs are being stopped.', schema: batchSchema },
    },
    problems: ['NOT_FOUND', 'BATCH_FINISHED'],
  },
} as const satisfies Record<string, Operation>;
