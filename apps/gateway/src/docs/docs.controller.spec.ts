import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { explainers, type Explainer } from '#explainers';
import { jobRequestSchema } from '#jobs';
import { problemCodes } from '#platform';
import { openApiShape } from '../../test/openapi-shape.js';
import { goodJob, startTestGateway, type TestGateway } from '../../test/start-test-gateway.js';
import { toyExplainers } from '../../test/toy-explainer.js';
import { operations } from '../operations.js';
import type { JobAnswer } from '../jobs/job-answer.js';
import type { OpenApiDocument, OpenApiOperation } from './openapi/document.js';
import { exampleRequests } from './openapi/example-requests.js';

let gateway: TestGateway;
let document: OpenApiDocument;
beforeAll(async () => {
  gateway = await startTestGateway();
  document = (await gateway.call<OpenApiDocument>({ url: '/openapi.json' })).body;
});
afterAll(() => gateway.app.close());

/**
 * Checks a value against a schema of the document, with a validator that knows nothing of zod. Members that the document
 * does not describe are refused here, though clients have to bear them.
 */
function checker(schema: unknown): ValidateFunction {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  const close = (_key: string, value: unknown) => (isOpenObject(value) ? { ...value, additionalProperties: false } : value);
  return ajv.compile(JSON.parse(JSON.stringify({ components: document.components, ...(schema as object) }), close) as object);
}

function isOpenObject(value: unknown): value is object {
  return (
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    value.type === 'object' &&
    'properties' in value &&
    !('additionalProperties' in value)
  );
}

function operationOf(method: string, path: string): OpenApiOperation {
  const operation = document.paths[path]?.[method];
  if (operation === undefined) throw new Error(`${method} ${path} is not described`);
  return operation;
}

describe('the OpenAPI document', () => {
  it('has the shape of OpenAPI 3.1', () => {
    expect(openApiShape.safeParse(document).error?.issues ?? []).toEqual([]);
  });

  it('has schemas that are valid JSON Schema, and no reference that leads nowhere', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    for (const [name, schema] of Object.entries(document.components.schemas))
      expect([name, ajv.validateSchema(schema)]).toEqual([name, true]);
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(references.length).toBeGreaterThan(20);
    for (const reference of references)
      expect(Object.keys(document.components.schemas)).toContain(reference.replace('#/components/schemas/', ''));
  });

  it('lists the routes that are served, and no other', () => {
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(described.sort()).toEqual(operations.map((one) => `${one.method} ${one.route.replace(/:(\w+)/g, '{$1}')}`).sort());
  });

  it('names every parameter of a path', () => {
    for (const [path, methods] of Object.entries(document.paths))
      for (const operation of Object.values(methods))
        expect(operation.parameters.filter((one) => one.in === 'path').map((one) => `{${one.name}}`)).toEqual(path.match(/\{\w+\}/g) ?? []);
  });

  it('tells the methods of a job apart by `method`', () => {
    expect(document.components.schemas['JobRequest']).toMatchObject({
      oneOf: [{ $ref: '#/components/schemas/ToyShapRequest' }, { $ref: '#/components/schemas/ToySamplingRequest' }],
      discriminator: { propertyName: 'method' },
    });
  });

  it('has a method more when the registry has one more', async () => {
    const [first] = toyExplainers;
    if (first === undefined) throw new Error('no toy');
    const more = await startTestGateway({ explainers: [...toyExplainers, { ...first, method: 'toy-new' }] });
    try {
      const { body } = await more.call<OpenApiDocument>({ url: '/openapi.json' });
      expect(body.components.schemas['JobRequest']).toMatchObject({
        oneOf: expect.arrayContaining([{ $ref: '#/components/schemas/ToyNewRequest' }]),
      });
      expect((await more.call({ url: '/v1/jobs', body: { ...goodJob, method: 'toy-new' } })).status).toBe(202);
      expect((await more.call({ url: '/docs' })).text).toContain('toy-new');
    } finally {
      await more.app.close();
    }
  });

  it('accepts exactly what the gateway accepts', () => {
    const validate = checker(operationOf('post', '/v1/jobs').requestBody?.content['application/json']?.schema);
    expect([validate(goodJob), validate.errors]).toEqual([true, null]);
    for (const bad of [
      { ...goodJob, method: 'nope' },
      { ...goodJob, tenantId: 'x' },
      { ...goodJob, params: { budget: 1.5 } },
      { ...goodJob, seed: -1 },
      { ...goodJob, input: { dataset: 'x' } },
      {},
    ])
      expect(validate(bad)).toBe(false);
  });
});

describe('answers', () => {
  it('are what the document says they are', async () => {
    const { body: job } = await gateway.call<JobAnswer>({ url: '/v1/jobs', body: { ...goodJob, labels: { case: 'A' } } });
    await gateway.call({ url: '/v1/jobs', body: { method: 'toy-sampling', model: { name: 'income' }, input: { features: { age: 39 } } } });
    await gateway.runJobs();
    const { explanationId } = (await gateway.call<JobAnswer>({ url: `/v1/jobs/${job.id}` })).body;
    const check = async (method: 'get' | 'post', path: string, url: string, status = 200, body?: unknown) => {
      const answer = await gateway.call({ method: method === 'get' ? 'GET' : 'POST', url, ...(body === undefined ? {} : { body }) });
      expect([url, answer.status]).toEqual([url, status]);
      const content = operationOf(method, path).responses[String(status)]?.content ?? {};
      const schema = content[status >= 400 ? 'application/problem+json' : 'application/json']?.schema;
      if (schema === undefined) throw new Error(`${path} ${status} has no schema`);
      const validate = checker(schema);
      expect([url, validate(answer.body), validate.errors]).toEqual([url, true, null]);
    };
    await check('post', '/v1/jobs', '/v1/jobs', 202, goodJob);
    await check('post', '/v1/jobs', '/v1/jobs', 200, { ...goodJob, validateOnly: true });
    await check('post', '/v1/jobs', '/v1/jobs', 422, { ...goodJob, method: 'nope' });
    await check('post', '/v1/jobs', '/v1/jobs', 400, '{');
    await check('get', '/v1/jobs', '/v1/jobs?pageSize=1');
    await check('get', '/v1/jobs', '/v1/jobs?pageSize=0', 400);
    await check('get', '/v1/jobs/{id}', `/v1/jobs/${job.id}`);
    await check('get', '/v1/jobs/{id}', '/v1/jobs/x', 404);
    await check('post', '/v1/jobs/{id}/cancel', `/v1/jobs/${job.id}/cancel`, 409);
    await check('get', '/v1/explanations', '/v1/explanations');
    await check('get', '/v1/explanations/{id}', `/v1/explanations/${explanationId}`);
    await check('get', '/v1/explanations/{id}/attributions', `/v1/explanations/${explanationId}/attributions?topK=2`);
    await check('get', '/v1/explanations/{id}/tensors/{name}', `/v1/explanations/${explanationId}/tensors/interactions?format=json`);
    await check('get', '/v1/models', '/v1/models');
    await check('get', '/v1/models/{model}', '/v1/models/sentiment');
    await check('get', '/v1/models/{model}', '/v1/models/absent', 404);
    await check('get', '/v1/models/{model}/versions', '/v1/models/sentiment/versions');
    await check('get', '/v1/models/{model}/versions/{version}', '/v1/models/sentiment/versions/2');
    await check('get', '/v1/models/{model}/versions/{version}/capabilities', '/v1/models/income/versions/1/capabilities');
    await check('get', '/v1/models/{model}/versions/{version}/capabilities', '/v1/models/sentiment/versions/2/capabilities', 409);
    await check('get', '/v1/methods', '/v1/methods');
    await check('post', '/v1/api-keys', '/v1/api-keys', 201, { name: 'ci', scopes: ['read'] });
    await check('post', '/v1/api-keys', '/v1/api-keys', 403, { name: 'ci', scopes: ['read'], tenant: 'acme' });
    await check('get', '/v1/api-keys', '/v1/api-keys');
    await check('get', '/v1/quota', '/v1/quota');
    await check('post', '/v1/webhooks', '/v1/webhooks', 201, { url: 'https://hooks.example/vitrine' });
    await check('post', '/v1/webhooks', '/v1/webhooks', 422, { url: 'http://169.254.169.254/latest' });
    await check('get', '/v1/webhooks', '/v1/webhooks');
    await check('get', '/healthz', '/healthz');
    await check('get', '/readyz', '/readyz');
  });
});

describe('examples', () => {
  const all: readonly Explainer[] = [...toyExplainers, ...explainers];

  it('exist for every method that explains a bundled model, and fit its schema', () => {
    const examples = Object.values(exampleRequests(all));
    for (const { method, tasks, reads } of all) {
      const kinds =
        reads === 'dataset'
          ? ['tabular-classification']
          : ['text-classification', 'tabular-classification', 'image-classification', 'causal-lm'];
      const bundled = tasks.filter((task) => kinds.includes(task));
      expect([method, examples.filter((one) => one.value.method === method).length]).toEqual([method, bundled.length]);
    }
    expect(examples.find(({ value }) => value.method === 'attention' && 'prompt' in value.input)?.value).toMatchObject({
      model: { name: 'stories260k' },
      input: { generate: { maxTokens: expect.any(Number) as unknown } },
    });
    for (const { value } of examples) expect(jobRequestSchema(all).safeParse(value)).toMatchObject({ success: true });
  });
});

describe('pages', () => {
  it.each(['/docs', '/docs/problems'])('%s is a page that loads nothing and runs nothing', async (url) => {
    const { headers, text } = await gateway.call({ url });
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-[^']+';/);
    expect(text).not.toMatch(/<script|\son\w+=|https?:\/\/(?!127)|@import|url\(/i);
    expect(text.match(/<section/g)?.length).toBe(text.match(/<\/section>/g)?.length);
  });

  it('sends its first steps to where it was read', async () => {
    const { text } = await gateway.call({ url: '/docs', headers: { host: 'localhost:5511' } });
    expect(text).toContain('curl -s localhost:5511/v1/jobs ');
    expect(text).toContain('curl -s localhost:5511/v1/explanations/EXPLANATION_ID');
    expect(text).not.toContain('4300');
  });

  it('has an anchor for every code of a problem', async () => {
    const { text } = await gateway.call({ url: '/docs/problems' });
    for (const code of problemCodes) expect(text).toContain(`<section id="${code}">`);
  });

  it('has no link that leads nowhere', async () => {
    for (const url of ['/', '/docs', '/docs/problems']) {
      const { text } = await gateway.call({ url, headers: { accept: 'text/html' } });
      for (const [, href = ''] of text.matchAll(/<a href="([^"]+)"/g)) {
        const [path = '', anchor = ''] = href.split('#');
        const target = path === '' ? { status: 200, text } : await gateway.call({ url: path });
        expect([href, target.status]).toEqual([href, 200]);
        if (anchor !== '') expect(target.text).toContain(`id="${anchor}"`);
      }
    }
  });

  it('describes every route and every parameter of every method', async () => {
    const { text } = await gateway.call({ url: '/docs' });
    for (const operation of operations) expect(text).toContain(`<section id="${operation.id}">`);
    for (const word of ['toy-shap', 'toy-sampling', 'Evaluations allowed.', 'label.&lt;key&gt;', '1,048,576 bytes'])
      expect(text).toContain(word);
  });

  it('shows at the root where to go: links for programs, a page for people', async () => {
    expect((await gateway.call({ url: '/' })).body).toMatchObject({ docs: '/docs', openapi: '/openapi.json' });
    expect((await gateway.call({ url: '/', headers: { accept: 'text/html,*/*' } })).text).toContain('<h1>Vitrine');
  });
});
