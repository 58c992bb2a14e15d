import type { Operation } from '../http/operation.js';
import { DEFAULT_PAGE_SIZE, MAX_WAIT_SECONDS, PICTURE_BODY_BYTES } from '../http/gateway-limits.js';
import { idempotencyHeaders, replayedHeader } from '../http/idempotency-key.js';
import { noQuery } from '../http/query/no-query.js';
import { onePage } from '../http/query/one-page.js';
import { pageSchema } from '../http/query/page-schema.js';
import { jobSchema } from './job-answer.js';
import { jobQuery } from './job-query.js';
import { planSchema } from './plan-answer.js';

const retryAfter = { 'Retry-After': 'Seconds until it is worth asking again; absent once the job has ended.' };

/** What is asked can be refused with these, before any model runs. */
export const requestProblems = [
  'METHOD_UNKNOWN',
  { code: 'MODEL_UNKNOWN', status: 422 },
  { code: 'MODEL_VERSION_UNKNOWN', status: 422 },
  { code: 'ALIAS_UNKNOWN', status: 422 },
  'MODEL_NOT_ACTIVE',
  'METHOD_NOT_APPLICABLE',
  'CLASS_UNKNOWN',
  'TARGET_SPACE_UNSUPPORTED',
  'COLUMN_UNKNOWN',
  'COLUMN_MISSING',
  'COLUMN_TYPE',
  'CATEGORY_UNKNOWN',
  'INPUT_KIND_MISMATCH',
  'TEXT_EMPTY',
  'TEXT_INVALID',
  'IMAGE_INVALID',
  'IMAGE_TOO_LARGE',
  'IMAGE_CHANNELS',
  'PLAYERS_UNSUPPORTED',
  'PLAYERS_TOO_MANY',
  'MASKER_UNSUPPORTED',
  'GROUP_INVALID',
  'BACKGROUND_MISSING',
  'BACKGROUND_INVALID',
  { code: 'DATASET_UNKNOWN', status: 422 },
  'DATASET_MISMATCH',
  'DATASET_GONE',
  'ROWS_OUT_OF_RANGE',
  'BUDGET_TOO_SMALL',
  'PARAM_INVALID',
] as const satisfies NonNullable<Operation['problems']>;

/** A plan opens the model, and can fail like a run. */
const planProblems = [
  'MODEL_OUTPUT_NON_FINITE',
  'MODEL_FILE_INVALID',
  'MODEL_FILE_MISSING',
  'MODEL_FILE_CHANGED',
  'MODEL_UNSUPPORTED',
  'MODEL_RUN_FAILED',
  'MODEL_CRASHED',
  'TOKENIZER_MISSING',
  'CONTEXT_EXCEEDED',
  'ATTENTION_UNAVAILABLE',
  'ATTENTION_UNPROVEN',
  'GRADIENT_UNAVAILABLE',
  'GRADIENT_NON_FINITE',
  'RESOURCE_LIMIT',
  'DEADLINE_EXCEEDED',
] as const;

export const submitJobOperation: Operation = {
  id: 'submitJob',
  method: 'POST',
  route: '/v1/jobs',
  tag: 'jobs',
  scope: 'explain',
  summary: 'Explain a prediction',
  about:
    'Queues a job. With `validateOnly` nothing runs: the answer says what the players would be and what a run would cost. ' +
    `With \`Prefer: wait=N\` the answer waits up to N seconds (at most ${MAX_WAIT_SECONDS}) for the job to end.`,
  query: noQuery,
  requestHeaders: {
    ...idempotencyHeaders,
    Prefer: `\`wait=N\`: wait up to N seconds for the end of the job; more than ${MAX_WAIT_SECONDS} is read as ${MAX_WAIT_SECONDS}.`,
  },
  body: 'job-request',
  pictureBodyBytes: PICTURE_BODY_BYTES,
  answers: {
    200: { about: 'The request is valid (`validateOnly`).', schema: planSchema },
    201: {
      about: 'The job ended within the time to wait.',
      schema: jobSchema,
      headers: { Location: 'The job.', 'Preference-Applied': 'The wait that was granted.', ...replayedHeader },
    },
    202: {
      about: 'The job is queued, or running still.',
      schema: jobSchema,
      headers: { Location: 'The job.', 'Preference-Applied': 'The wait that was granted.', ...replayedHeader, ...retryAfter },
    },
  },
  problems: ['QUOTA_EXCEEDED', 'IDEMPOTENCY_KEY_REUSED', ...requestProblems, ...planProblems],
};

export const listJobsOperation: Operation = {
  id: 'listJobs',
  method: 'GET',
  route: '/v1/jobs',
  tag: 'jobs',
  scope: 'read',
  summary: 'Jobs, newest first',
  about: `Filters are compared literally and must all hold. A page has ${DEFAULT_PAGE_SIZE} jobs unless \`pageSize\` says otherwise.`,
  query: jobQuery,
  answers: onePage(pageSchema('JobPage', jobSchema)),
};

export const getJobOperation: Operation = {
  id: 'getJob',
  method: 'GET',
  route: '/v1/jobs/:id',
  tag: 'jobs',
  scope: 'read',
  summary: 'One job',
  query: noQuery,
  path: { id: 'Id of the job.' },
  answers: { 200: { about: 'The job as it is now.', schema: jobSchema, headers: retryAfter } },
  problems: ['NOT_FOUND'],
};

export const cancelJobOperation: Operation = {
  id: 'cancelJob',
  method: 'POST',
  route: '/v1/jobs/:id/cancel',
  tag: 'jobs',
  scope: 'explain',
  summary: 'Cancel a job',
  about: 'A waiting job ends at once. A running one is CANCELLING until its process is gone, at most a few seconds. Needs no body.',
  query: noQuery,
  path: { id: 'Id of the job.' },
  answers: {
    200: { about: 'The job is CANCELLED, now or since before.', schema: jobSchema },
    202: { about: 'The job is CANCELLING.', schema: jobSchema, headers: retryAfter },
  },
  problems: ['NOT_FOUND', 'JOB_TERMINAL'],
};

export const retryJobOperation: Operation = {
  id: 'retryJob',
  method: 'POST',
  route: '/v1/jobs/:id/retry',
  tag: 'jobs',
  scope: 'explain',
  summary: 'Run a job again',
  about:
    'Submits the request of a job that is FAILED, CANCELLED or EXPIRED again, exactly as it was run: same version of the model, same seed, ' +
    'same parameters, same labels, as much time. The answer is a new job; `retryOf` names the former one. Needs no body.',
  query: noQuery,
  path: { id: 'Id of the job that came to nothing.' },
  requestHeaders: idempotencyHeaders,
  answers: { 201: { about: 'The new job.', schema: jobSchema, headers: { Location: 'The new job.', ...replayedHeader, ...retryAfter } } },
  problems: ['NOT_FOUND', 'JOB_NOT_RETRYABLE', 'QUOTA_EXCEEDED', 'PAYLOAD_ERASED', 'MODEL_NOT_ACTIVE', 'IDEMPOTENCY_KEY_REUSED'],
};
