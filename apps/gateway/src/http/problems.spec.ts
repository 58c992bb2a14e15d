import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { explainProblemCodes } from '#explainers';
import { StoreUnavailable } from '#jobs';
import { problemCatalog, problemCodes, type ProblemCode } from '#platform';
import type { JobAnswer } from '../jobs/job-answer.js';
import { goodJob, startTestGateway, type TestGateway } from '../../test/start-test-gateway.js';
import type { Call } from '../../test/send-request.js';
import { operations } from '../operations.js';
import { problemsOf } from '../docs/openapi/problems-of.js';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.app.close());

interface Case {
  /** A function is given a gateway of its own, which it may break. */
  readonly call: Call | ((gateway: TestGateway) => Promise<Call>);
  readonly environment?: Readonly<Record<string, string>>;
  /** Where it is not the catalogue's. */
  readonly status?: number;
}

const jobs = (body: unknown, headers: Record<string, string> = {}): Call => ({ url: '/v1/jobs', body, headers });
const form = (name: string) => `--b\r\ncontent-disposition: form-data; name="${name}"\r\n\r\nx\r\n--b--\r\n`;
const upload = (body: string, headers: Record<string, string> = {}): Call => ({
  url: '/v1/models/sentiment/versions',
  body,
  headers: { 'content-type': 'multipart/form-data; boundary=b', ...headers },
});
const list = (query: string): Call => ({ url: `/v1/jobs?${query}` });
const failing = (code: string): Case => ({ call: jobs({ ...goodJob, params: { failCheck: code } }) });
const planning = (code: string): Case => ({ call: jobs({ ...goodJob, validateOnly: true, params: { failPlan: code } }) });

async function finishedJob(test: TestGateway): Promise<JobAnswer> {
  const { body } = await test.call<JobAnswer>(jobs(goodJob));
  await test.runJobs();
  return body;
}

/** Reasons why an uploaded version is REJECTED, which no request is answered with: specs of libs/graph and libs/inference try them. */
const rejections: readonly ProblemCode[] = [
  'INVALID_PROTOBUF',
  'SHAPE_DATA_MISMATCH',
  'EXTERNAL_DATA_FORBIDDEN',
  'EXTERNAL_DATA_OUT_OF_RANGE',
  'OPERATOR_FORBIDDEN',
  'MODEL_TOO_COMPLEX',
  'TOKENIZER_INVALID',
  'FILE_UNEXPECTED',
];

/** One request for every code that the gateway sends. */
const cases: Readonly<Partial<Record<ProblemCode, Case>>> = {
  ...Object.fromEntries(explainProblemCodes.filter((code) => !rejections.includes(code)).map((code) => [code, failing(code)])),
  ...Object.fromEntries(
    [
      'MODEL_CRASHED',
      'DEADLINE_EXCEEDED',
      'RESOURCE_LIMIT',
      'MODEL_OUTPUT_NON_FINITE',
      'MODEL_RUN_FAILED',
      'MODEL_FILE_INVALID',
      'MODEL_FILE_MISSING',
      'MODEL_FILE_CHANGED',
      'MODEL_UNSUPPORTED',
      'TOKENIZER_MISSING',
      'CANCELLED',
      'RESULT_INVALID',
    ].map((code) => [code, planning(code)]),
  ),
  MALFORMED_JSON: { call: jobs('{"a":') },
  DUPLICATE_KEY: { call: jobs('{"method":"toy-shap","method":"toy-shap"}') },
  NUMBER_OUT_OF_RANGE: { call: jobs('{"seed":1e400}') },
  BODY_TOO_LARGE: { call: jobs({ ...goodJob, input: { text: 'x'.repeat(2 ** 20) } }) },
  UNSUPPORTED_MEDIA_TYPE: { call: jobs('a=b', { 'content-type': 'application/x-www-form-urlencoded' }) },
  HEADER_INVALID: { call: jobs(goodJob, { prefer: 'wait=soon' }) },
  SCHEMA_VIOLATION: { call: jobs({ ...goodJob, seed: -1 }) },
  FIELD_UNKNOWN: { call: jobs({ ...goodJob, tenantId: 'other' }) },
  METHOD_UNKNOWN: { call: jobs({ ...goodJob, method: 'nope' }) },
  MODEL_UNKNOWN: { call: jobs({ ...goodJob, model: { name: 'absent' } }), status: 422 },
  MODEL_VERSION_UNKNOWN: { call: jobs({ ...goodJob, model: { name: 'sentiment', version: '99' } }), status: 422 },
  ALIAS_UNKNOWN: { call: jobs({ ...goodJob, model: { name: 'sentiment', alias: 'canary' } }), status: 422 },
  MODEL_NOT_ACTIVE: { call: jobs({ ...goodJob, model: { name: 'sentiment', version: '2' } }) },
  TEXT_INVALID: { call: jobs({ ...goodJob, input: { text: 'a\0b' } }) },
  NOT_FOUND: { call: { url: '/v1/audit/../../x' } },
  METHOD_NOT_ALLOWED: { call: { method: 'DELETE', url: '/v1/jobs' } },
  MULTIPART_MALFORMED: { call: upload('--b\r\n') },
  PART_REFUSED: { call: upload(form('../model.onnx')) },
  DIGEST_MISMATCH: { call: upload(form('model.onnx'), { 'repr-digest': `sha-256=:${Buffer.alloc(32).toString('base64')}:` }) },
  CONFLICT: {
    call: upload(form('model.onnx').replace('--b--', '--b\r\ncontent-disposition: form-data; name="version"\r\n\r\n1\r\n--b--')),
  },
  VERSION_IN_USE: {
    call: async (test) => {
      await finishedJob(test);
      return { method: 'DELETE', url: '/v1/models/sentiment/versions/1' };
    },
  },
  JOB_TERMINAL: { call: async (test) => ({ method: 'POST', url: `/v1/jobs/${(await finishedJob(test)).id}/cancel` }) },
  PAYLOAD_ERASED: {
    call: async (test) => {
      await finishedJob(test);
      const [row] = test.database.explanations.values();
      test.keyStore.erase(row?.subjectKeyId ?? '');
      return { url: `/v1/explanations/${row?.id ?? ''}` };
    },
  },
  NOT_ACCEPTABLE: {
    call: async (test) => {
      await finishedJob(test);
      const [row] = test.database.explanations.values();
      return { url: `/v1/explanations/${row?.id ?? ''}`, headers: { accept: 'image/png' } };
    },
  },
  FILTER_INVALID: { call: list('model[not]=x') },
  PAGE_TOKEN_INVALID: { call: list('pageToken=AAAA') },
  PAGE_SIZE_INVALID: { call: list('pageSize=-1') },
  RETENTION_BELOW_FLOOR: { call: { method: 'PUT', url: '/v1/retention', body: { rules: [], default: 1 } } },
  UNAUTHENTICATED: { call: () => Promise.resolve({ url: '/v1/jobs' }), environment: { VITRINE_ADMIN_KEY: 'a-key-of-sixteen-or-more' } },
  SCOPE_MISSING: {
    call: async (test) => {
      const made = await test.call<{ secret: string }>({ url: '/v1/api-keys', body: { name: 'x', scopes: ['read'] } });
      return jobs(goodJob, { authorization: `Bearer ${made.body.secret}` });
    },
  },
  FORBIDDEN: { call: { url: '/v1/api-keys?tenant=other' } },
  IDEMPOTENCY_KEY_REUSED: {
    call: async (test) => {
      await test.call(jobs(goodJob, { 'idempotency-key': 'once' }));
      return jobs({ ...goodJob, seed: 8 }, { 'idempotency-key': 'once' });
    },
  },
  JOB_NOT_RETRYABLE: {
    call: async (test) => ({ method: 'POST', url: `/v1/jobs/${(await finishedJob(test)).id}/retry` }),
  },
  RATE_LIMITED: {
    environment: { VITRINE_RATE_LIMIT_LOCAL: '1' },
    call: async (test) => {
      await test.call({ url: '/v1/jobs' });
      return { url: '/v1/jobs' };
    },
  },
  QUOTA_EXCEEDED: {
    environment: { VITRINE_QUOTA_MODEL_ROWS: '10' },
    call: (test) => {
      test.usage.modelRows.set('default', 10);
      return Promise.resolve(jobs(goodJob));
    },
  },
  WEBHOOK_URL_REFUSED: { call: { url: '/v1/webhooks', body: { url: 'http://localhost/' } } },
  HOST_NOT_ALLOWED: { call: { url: '/v1/jobs', headers: { host: 'evil.example' } } },
  ORIGIN_NOT_ALLOWED: { call: { ...jobs(goodJob), headers: { origin: 'http://evil.example' } } },
  DATABASE_UNAVAILABLE: {
    call: (test) => {
      test.database.failure = new StoreUnavailable(new Error('connect ECONNREFUSED 10.0.0.7:5432'));
      return Promise.resolve(jobs(goodJob));
    },
  },
  QUEUE_UNAVAILABLE: {
    call: (test) => {
      test.readiness.report = { reasons: [{ code: 'QUEUE_UNAVAILABLE', detail: 'Redis does not answer' }], warnings: [] };
      return Promise.resolve({ url: '/readyz' });
    },
  },
  SHUTTING_DOWN: planning('SHUTTING_DOWN'),
  INTERNAL: planning('a fault that nobody foresaw'),
};

/** Tried by specs of their own routes, or never sent by the gateway: these stand in jobs and model versions. */
const elsewhere: readonly ProblemCode[] = [
  'REQUEST_TIMEOUT',
  'STORAGE_FULL',
  'WORKER_LOST',
  'EXPIRED_BEFORE_START',
  'MODEL_REJECTED',
  'STREAMS_EXHAUSTED',
  'UPLOADS_EXHAUSTED',
  'READS_EXHAUSTED',
  'BATCH_FINISHED',
  'BATCH_REFUSED',
  'BASELINE_UNKNOWN',
  'DATASET_GONE',
  'DATASET_INVALID',
  'DATASET_IN_USE',
  'DATASET_TOO_LARGE',
  'DATASET_UNKNOWN',
  'DATASET_UNREADABLE',
  'ROWS_OUT_OF_RANGE',
  ...rejections,
];

describe('problem documents', () => {
  it('are tried for every code', () => {
    expect([...Object.keys(cases), ...elsewhere].sort()).toEqual([...problemCodes].sort());
  });

  it.each(Object.entries(cases))('%s', async (code, one) => {
    const own = typeof one.call === 'function' ? await startTestGateway({ environment: one.environment ?? {} }) : gateway;
    const call = typeof one.call === 'function' ? await one.call(own) : one.call;
    const { status, headers, body, text } = await own.refuse({ ...call, headers: { ...call.headers, 'x-request-id': 'trace-42' } });
    if (own !== gateway) await own.app.close();
    const entry = problemCatalog[code as ProblemCode];
    expect([body.code, status]).toEqual([code, one.status ?? entry.status]);
    expect(headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(headers['x-request-id']).toBe('trace-42');
    expect(Object.keys(body).sort()).toEqual([
      'code',
      'detail',
      'errors',
      'instance',
      'remedy',
      'requestId',
      'retryable',
      'status',
      'title',
      'type',
    ]);
    expect(body).toMatchObject({
      type: `/docs/problems#${code}`,
      title: entry.title,
      status,
      requestId: 'trace-42',
      instance: call.url.replace(/\?.*/, ''),
    });
    expect(body.detail.length).toBeGreaterThan(5);
    expect(body.remedy).toMatch(/\.$/);
    if (status === 503 || status === 429) expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    if (status === 401) expect(headers['www-authenticate']).toMatch(/^Bearer/);
    for (const error of body.errors) expect(error.pointer).toMatch(/^(?:\/.*)?$/);
    expect(text).not.toMatch(/node_modules|\/srv\/|\/libs\/|\/apps\/|\/dist\/|\bat .+\.(?:js|ts):\d+|Prisma|ECONNREFUSED|10\.0\.0\.7/);
  });

  it('are promised by the reference of their route', () => {
    for (const [code, one] of Object.entries(cases)) {
      if (typeof one.call === 'function' || !one.call.url.startsWith('/v1/jobs') || one.call.method !== undefined) continue;
      const operation = operations.find((candidate) => candidate.id === ('body' in one.call ? 'submitJob' : 'listJobs'));
      const promised = operation === undefined ? [] : problemsOf(operation);
      const status = one.status ?? problemCatalog[code as ProblemCode].status;
      if (['CANCELLED', 'RESULT_INVALID', 'ROWS_UNEXPLAINED'].includes(code)) continue; // a plan cannot end so; the runner's contract allows it
      expect(promised).toContainEqual({ code, status });
    }
  });
});

describe('an unforeseen fault', () => {
  it('is told to the log under the request id, and to nobody else', async () => {
    const { body } = await gateway.refuse({
      ...jobs({ ...goodJob, validateOnly: true, params: { failPlan: 'x' } }),
      headers: { 'x-request-id': 'trace-13' },
    });
    expect(body).toMatchObject({ code: 'INTERNAL', requestId: 'trace-13', detail: 'Something went wrong inside Vitrine' });
    expect(JSON.parse(gateway.lines.at(-1) ?? '{}')).toMatchObject({
      level: 'error',
      requestId: 'trace-13',
      code: 'INTERNAL',
      err: { message: expect.stringContaining('/srv/models/x.onnx') },
    });
  });

  it('is not told for what clients do wrong', async () => {
    const before = gateway.lines.length;
    await gateway.refuse(jobs('{'));
    expect(gateway.lines).toHaveLength(before);
  });
});

describe('/readyz', () => {
  it('lists every reason', async () => {
    gateway.readiness.report = {
      reasons: [
        { code: 'DATABASE_UNAVAILABLE', detail: 'PostgreSQL does not answer' },
        { code: 'SHUTTING_DOWN', detail: 'no child process is running' },
      ],
      warnings: [],
    };
    const { status, body } = await gateway.refuse({ url: '/readyz' });
    expect([status, body.code, body.detail]).toEqual([
      503,
      'DATABASE_UNAVAILABLE',
      'PostgreSQL does not answer; no child process is running',
    ]);
    expect(body.errors.map((one) => one.code)).toEqual(['DATABASE_UNAVAILABLE', 'SHUTTING_DOWN']);
  });

  it('is ready, with what is not quite right', async () => {
    gateway.readiness.report = { reasons: [], warnings: ['The queue does not answer.'] };
    expect((await gateway.call({ url: '/readyz' })).body).toEqual({ status: 'ready', warnings: ['The queue does not answer.'] });
  });
});
