import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from '../http/query/page.js';
import { startTestGateway, type TestGateway } from '../../test/start-test-gateway.js';
import type { ModelAnswer, VersionAnswer } from './model-answers.js';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.app.close());

describe('GET /v1/models', () => {
  it('lists the models by name', async () => {
    const { body } = await gateway.call<Page<ModelAnswer>>({ url: '/v1/models' });
    expect(body.items.map((model) => model.name)).toEqual(['income', 'sentiment']);
    expect(body.items[1]).toMatchObject({ aliases: { production: '1' }, versions: ['2', '1'], href: '/v1/models/sentiment' });
    expect(body.nextPageToken).toBeNull();
  });

  it('answers one model and its versions, newest first', async () => {
    expect((await gateway.call({ url: '/v1/models/sentiment' })).body).toMatchObject({ name: 'sentiment' });
    const { body } = await gateway.call<Page<VersionAnswer>>({ url: '/v1/models/sentiment/versions' });
    expect(body.items.map((version) => [version.version, version.state, version.task])).toEqual([
      ['2', 'REJECTED', null],
      ['1', 'ACTIVE', 'text-classification'],
    ]);
    expect(body.items[0]?.reasons).toEqual([
      { code: 'MODEL_FILE_INVALID', detail: 'the graph cannot be read', remedy: expect.any(String) },
    ]);
    expect((await gateway.call({ url: '/v1/models/sentiment/versions/1' })).body).toEqual(body.items[1]);
    expect(body.items[1]).toMatchObject({
      aliases: ['production'],
      files: [{ name: 'model.onnx', size: 42 }],
      classes: ['negative', 'positive'],
    });
  });

  it('tells what an active version can do, and by which methods', async () => {
    const { body } = await gateway.call({ url: '/v1/models/income/versions/1/capabilities' });
    expect(body).toMatchObject({
      ...{ model: 'income', version: '1', task: 'tabular-classification', opset: 17, backgroundRows: 100, maxTokens: null },
      features: [
        { name: 'age', kind: 'numeric' },
        { name: 'workclass', categories: ['?', 'Private'] },
      ],
      methods: ['toy-shap', 'toy-sampling'],
      // Registered before anyone looked.
      ...{ attention: null, generation: null },
    });
  });

  it.each([
    ['/v1/models/absent', 404, 'MODEL_UNKNOWN'],
    ['/v1/models/absent/versions', 404, 'MODEL_UNKNOWN'],
    ['/v1/models/absent/versions/1', 404, 'MODEL_UNKNOWN'],
    ['/v1/models/..%2f', 404, 'MODEL_UNKNOWN'],
    ['/v1/models/%00', 404, 'MODEL_UNKNOWN'],
    ['/v1/models/constructor', 404, 'MODEL_UNKNOWN'],
    [`/v1/models/${'x'.repeat(90)}%0a`, 404, 'MODEL_UNKNOWN'],
    [`/v1/models/${'x'.repeat(5000)}`, 404, 'NOT_FOUND'],
    ['/v1/models/sentiment/versions/99', 404, 'MODEL_VERSION_UNKNOWN'],
    ['/v1/models/sentiment/versions/%00', 404, 'MODEL_VERSION_UNKNOWN'],
    ['/v1/models/sentiment/versions/99/capabilities', 404, 'MODEL_VERSION_UNKNOWN'],
    ['/v1/models/sentiment/versions/2/capabilities', 409, 'MODEL_NOT_ACTIVE'],
    ['/v1/models/sentiment?versions=1', 400, 'FILTER_INVALID'],
  ])('%s answers %i %s', async (url, status, code) => {
    expect((await gateway.refuse({ url })).body).toMatchObject({ status, code });
  });
});

describe('GET /v1/methods', () => {
  it('describes each method with the schema of its parameters', async () => {
    const { body } = await gateway.call<Page<{ id: string; params: { properties: object } }>>({ url: '/v1/methods' });
    expect(body.items.map((method) => method.id)).toEqual(['toy-shap', 'toy-sampling']);
    expect(body.items[0]).toMatchObject({
      ...{ family: 'shap', tasks: ['text-classification', 'tabular-classification'], about: expect.any(String) },
      params: {
        type: 'object',
        additionalProperties: false,
        properties: { budget: { type: 'integer', default: 64, minimum: 1, maximum: 1_000_000 } },
      },
    });
  });
});

describe('the version of an upload', () => {
  const part = (name: string, text: string) => `--b\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${text}\r\n`;
  const upload = (...parts: readonly string[]) =>
    gateway.refuse({
      url: '/v1/models/sentiment/versions',
      headers: { 'content-type': 'multipart/form-data; boundary=b' },
      body: `${parts.join('')}${part('model.onnx', 'x')}--b--\r\n`,
    });

  it.each([
    ['comes twice', [part('version', '3'), part('version', '4')]],
    ['comes twice with the same', [part('version', '3'), part('version', '3')]],
    ['is no name', [part('version', '../3')]],
    ['is empty', [part('version', '')]],
    ['is long', [part('version', '3'.repeat(1025))]],
  ])('is refused by its pointer where it %s', async (_what, parts) => {
    const { status, body } = await upload(...parts);
    expect([status, body.code, body.errors.map((one) => one.pointer)]).toEqual([422, 'PART_REFUSED', ['/version']]);
    const { body: versions } = await gateway.call<Page<VersionAnswer>>({ url: '/v1/models/sentiment/versions' });
    expect(versions.items.map((one) => one.version)).toEqual(['2', '1']);
  });
});
