import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fileURLToPath } from 'node:url';
import { readCase } from '../conformance/conformance-case.js';
import { Platform, type Json } from '../support/platform.js';
import { bartFiles, encoderFiles } from '../support/sequence-models.js';
import { register, upload } from '../support/upload.js';

const source = '<s> w97 w76 w51 w88 w27 w52 w64 w13 w31 w43';
const output = 'w17 w42 w8 w77';
const model = { name: 'bart' };

let platform: Platform;
beforeAll(async () => {
  platform = await Platform.start();
  for (const [name, files] of [
    ['bart', await bartFiles()],
    ['mpnet', await encoderFiles('feature-extraction')],
    ['masked', await encoderFiles('fill-mask')],
  ] as const)
    expect(await register(platform, name, files)).toMatchObject({ state: 'ACTIVE', reasons: [] });
}, 180_000);
afterAll(() => platform.stop(), 60_000);

interface Part {
  readonly queries: readonly string[];
  readonly keys: readonly string[];
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

const ask = (explanation: Json, query: string) => platform.call('GET', `/v1/explanations/${String(explanation['id'])}/attention?${query}`);

async function read(explanation: Json, query: string): Promise<Part> {
  const { status, text } = await ask(explanation, query);
  if (status !== 200) throw new Error(`${query} answered ${status}: ${text}`);
  return JSON.parse(text) as Part;
}

const capabilitiesOf = async (name: string) => (await platform.call('GET', `/v1/models/${name}/versions/1/capabilities`)).json();
const submit = (body: object) => platform.call('POST', '/v1/jobs', { method: 'attention', ...body });

/** Numbers of a layer and head of the first row of a case's reference. */
async function readReference(name: string, tensor: string, layer: number, head: number, queries: number): Promise<readonly number[]> {
  const one = await readCase(fileURLToPath(new URL(`../conformance/cases/${name}`, import.meta.url)));
  const { shape = [], data = [] } = one.tensors.get(tensor) ?? {};
  const [, batch = 0, heads = 0, rows = 0, keys = 0] = shape;
  const start = (layer * batch * heads + head) * rows * keys;
  return Array.from({ length: queries * keys }, (_, at) => Number(data[start + at]));
}

/** Numbers of a token of the first row of a case's reference [batch, queries, keys]. */
async function readRow(name: string, tensor: string, query: number): Promise<readonly number[]> {
  const one = await readCase(fileURLToPath(new URL(`../conformance/cases/${name}`, import.meta.url)));
  const { shape = [], data = [] } = one.tensors.get(tensor) ?? {};
  const [, , keys = 0] = shape;
  return Array.from({ length: keys }, (_, key) => Number(data[query * keys + key]));
}

function expectClose(values: readonly number[], expected: readonly number[]): void {
  expect(values).toHaveLength(expected.length);
  expect(Math.max(...values.map((value, at) => Math.abs(value - (expected[at] ?? NaN))))).toBeLessThan(1e-5);
}

describe('an encoder-decoder over REST', () => {
  it('tells what it can do', async () => {
    const capabilities = await capabilitiesOf('bart');
    const kinds = ['self', 'causal-self', 'cross'].map((kind) => ({ kind, layers: 2, heads: 4 }));
    expect(capabilities).toMatchObject({
      task: 'text2text-generation',
      methods: ['attention', 'attention-relevance'],
      differentiable: { exact: true },
      attention: { layers: 6, heads: 4, kind: 'mixed', kinds: expect.arrayContaining(kinds) },
      generation: { contextLength: 24, kvCache: false },
    });
  });

  it('shows what each token of an output looked at in the source, as numbers, pictures and a page', async () => {
    const explanation = await platform.explain({
      method: 'attention',
      model,
      input: { prompt: source, completion: output },
      params: { encoding: 'exact' },
    });
    expect(explanation['params']).toMatchObject({ kind: 'cross' });
    const part = await read(explanation, 'layer=1&head=2');
    expect(part.shape).toEqual([4, 12]);
    expect(part.queries.map((token) => token.trim())).toEqual(output.split(' '));
    expect(part.keys).toEqual([...source.split(' '), '</s>']);
    const expected = await readReference('bart-eager-legacy-17', 'cross_attentions', 1, 2, 4);
    expectClose(part.values, expected);
    const step = await read(explanation, 'layer=1&head=2&step=1');
    expect(step.keys).toHaveLength(12);
    expectClose(step.values, expected.slice(12, 24));
    for (const query of ['layer=1&head=2&format=svg', 'layer=0&step=2&format=svg&figure=arcs']) {
      const picture = await ask(explanation, query);
      expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/svg+xml; charset=utf-8']);
      expect(picture.text).toMatch(/^<svg[\s\S]*Cross-attention[\s\S]*w97[\s\S]*<\/svg>$/);
    }
    const page = await platform.call('GET', `/v1/explanations/${String(explanation['id'])}`, undefined, { accept: 'text/html' });
    expect([page.status, page.text.includes('w17')]).toEqual([200, true]);
  }, 60_000);

  it('generates, and shows its decoder and its encoder on request', async () => {
    const params = { encoding: 'exact' };
    const input = { prompt: source, generate: { maxTokens: 3 } };
    const generated = await platform.explain({ method: 'attention', model, input, params: { ...params, kind: 'decoder' } });
    const result = generated['result'] as { readonly generated: readonly { readonly name: string }[]; readonly keysFrom: number };
    expect([result.generated.length, result.keysFrom]).toEqual([3, 12]);
    const part = await read(generated, 'layer=0&head=0&step=2');
    expect(part.keys.map((token) => token.trim())).toEqual(['</s>', ...result.generated.slice(0, 2).map(({ name }) => name)]);
    expect(part.values.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 5);
    const encoded = await platform.explain({ method: 'attention', model, input: { text: source }, params: { ...params, kind: 'encoder' } });
    expectClose(
      (await read(encoded, 'layer=1&head=3')).values,
      await readReference('bart-eager-legacy-17', 'encoder_attentions', 1, 3, 12),
    );
  }, 60_000);

  it('says which tokens of the source and of the output made a token', async () => {
    const explanation = await platform.explain({
      method: 'attention-relevance',
      model,
      input: { prompt: source, completion: `${output} w62` },
      target: { generated: [4], space: 'logit' },
      params: { keep: ['relevance'] },
    });
    const [values = []] = explanation['attributions'] as readonly (readonly number[])[];
    const readout = 4;
    const expectRow = async (tensor: string, from: number, keys: number) =>
      expectClose(values.slice(from, from + keys), (await readRow('bart-eager-legacy-17', tensor, readout)).slice(0, keys));
    await expectRow('chefer_cross', 0, 12);
    await expectRow('chefer_decoder', 12, 5);
    expect(explanation['features']).toHaveLength(17);
    expect(explanation['result']).toMatchObject({
      layers: expect.arrayContaining([0, 1]),
      kinds: expect.arrayContaining(['self', 'causal-self', 'cross']),
      ...{ readouts: [readout], outputFrom: 12 },
    });
    const { status, text } = await platform.call('GET', `/v1/explanations/${String(explanation['id'])}/tensors/relevance-decoder`);
    expect([status, text.includes('(5, 5)')]).toEqual([200, true]);
    const page = await platform.call('GET', `/v1/explanations/${String(explanation['id'])}`, undefined, { accept: 'text/html' });
    expect([page.status, page.text.includes('w97'), page.text.includes('w77')]).toEqual([200, true, true]);
  }, 60_000);

  it('explains what it generates, whole or one token rather than another', async () => {
    const request = { method: 'attention-relevance', model, input: { prompt: source, generate: { maxTokens: 3 } } };
    const plan = await platform.call('POST', '/v1/jobs', { ...request, validateOnly: true });
    expect([plan.status, plan.json()['estimatedEvaluations']]).toEqual([200, 1]);
    const whole = await platform.explain(request);
    const scoreOf = (explanation: Json) => (explanation['targets'] as readonly { readonly score: number }[])[0]?.score ?? NaN;
    const { generated } = whole['result'] as {
      readonly generated: readonly Record<'logProbability' | 'tokenId', number>[];
    };
    expect(whole['features']).toHaveLength(12 + 3);
    expect(scoreOf(whole)).toBeCloseTo(
      generated.reduce((sum, { logProbability }) => sum + logProbability, 0),
      4,
    );
    const tokenId = generated[1]?.tokenId ?? NaN;
    const other = tokenId === 5 ? 6 : 5;
    const position = 1;
    const logit = async (target: Json) => scoreOf(await platform.explain({ ...request, target: { position, ...target } }));
    const [one, two] = [await logit({ tokenId, space: 'logit' }), await logit({ tokenId: other, space: 'logit' })];
    expect(await logit({ contrast: [tokenId, other] })).toBeCloseTo(one - two, 4);
    expect(one).toBeGreaterThan(two);
  }, 60_000);

  it('refuses what does not go together', async () => {
    const answers = await Promise.all([
      submit({ model, input: { text: source } }),
      submit({ model, input: { prompt: source, completion: output }, params: { kind: 'encoder' } }),
      submit({ model: { name: 'mpnet' }, input: { text: source }, params: { kind: 'encoder' } }),
      submit({ model, method: 'attention-rollout', input: { text: source } }),
      submit({ model, method: 'attention-relevance', input: { text: source } }),
    ]);
    expect(answers.map((answer) => [answer.json()['code'], (answer.json()['errors'] as Json[])[0]?.['pointer']])).toEqual([
      ['INPUT_KIND_MISMATCH', '/input'],
      ['INPUT_KIND_MISMATCH', '/input'],
      ['PARAM_INVALID', '/params/kind'],
      ['METHOD_NOT_APPLICABLE', '/method'],
      ['INPUT_KIND_MISMATCH', '/input'],
    ]);
  });
});

describe('the halves of an encoder-decoder', () => {
  it('are refused with a way to export them as one', async () => {
    const { 'model.onnx': onnx = '', ...others } = await bartFiles();
    const { status, body } = await upload(platform, 'halves', { ...others, 'encoder_model.onnx': onnx, 'decoder_model.onnx': onnx });
    expect([status, body]).toEqual([422, expect.objectContaining({ remedy: expect.stringContaining('--monolith') })]);
  });
});

describe('an encoder without a head over REST', () => {
  it.each([
    ['mpnet', 'feature-extraction'],
    ['masked', 'fill-mask'],
  ])(
    '%s shows its attention and rolls it out',
    async (name, task) => {
      expect(await capabilitiesOf(name)).toMatchObject({
        task,
        methods: ['attention', 'attention-rollout'],
        attention: { layers: 2, heads: 4, kind: 'self' },
      });
      const input = { text: source.replace('<s>', '<pad>') };
      const explanation = await platform.explain({ method: 'attention', model: { name }, input, params: { encoding: 'exact' } });
      expect(explanation['prediction']).toEqual([]);
      const part = await read(explanation, 'layer=1&head=0');
      expectClose(part.values, await readReference('mpnet-eager-legacy-17', 'attentions', 1, 0, 12));
      const rolled = await platform.explain({ method: 'attention-rollout', model: { name }, input });
      const { scores } = rolled['result'] as { readonly scores: readonly number[] };
      expect(scores.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 5);
      const refused = await submit({ model: { name }, method: 'occlusion', input });
      expect([refused.status, refused.json()['code']]).toEqual([422, 'METHOD_NOT_APPLICABLE']);
    },
    60_000,
  );
});
