import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Platform, root, type Json } from '../support/platform.js';
import { until } from '../support/until.js';

const text = 'A gripping, funny film with a dull ending.';
const classifier = { name: 'sst2-minilm' };
const story = { name: 'stories260k' };
const digits = { name: 'digits-resnet' };
const base64 = readFileSync(join(root, 'models', 'digits-resnet', 'examples', '09-digit-8-6.png')).toString('base64');
const picture = { image: { mediaType: 'image/png', base64 } };

let platform: Platform;
beforeAll(async () => {
  platform = await Platform.start();
}, 120_000);
afterAll(async () => {
  await platform.stop();
}, 60_000);

const person = {
  ...{ age: 41, workclass: 'Private', education_num: 9, marital_status: 'Divorced', occupation: 'Craft-repair', relationship: 'Unmarried' },
  ...{ race: 'White', sex: 'Male', capital_gain: 2174, capital_loss: 0, hours_per_week: 40, native_country: 'United-States' },
};

interface Explanation extends Json {
  readonly id: string;
  readonly resultHash: string;
  readonly features: readonly { readonly name: string }[];
  readonly targets: readonly {
    readonly class: string;
    readonly score: number;
    readonly baseScore: number | null;
    readonly completenessGap: number | null;
  }[];
  readonly attributions: readonly (readonly number[])[];
  readonly standardErrors: readonly (readonly number[])[] | null;
  readonly warnings: readonly { readonly code: string }[];
}

const explain = async (request: Json): Promise<Explanation> => (await platform.explain({ seed: 7, ...request })) as Explanation;
const sum = (values: readonly number[]) => values.reduce((total, one) => total + one, 0);

/** A tensor of an explanation, by the header and the numbers of its npy file. */
async function readNpy({ id }: Explanation, name: string): Promise<{ readonly shape: readonly number[]; readonly values: Float32Array }> {
  const response = await fetch(`${platform.url}/v1/explanations/${id}/tensors/${name}`, { headers: { accept: 'application/x-npy' } });
  expect(response.status).toBe(200);
  const bytes = new Uint8Array(await response.arrayBuffer());
  const start = 10 + new DataView(bytes.buffer).getUint16(8, true);
  const header = Buffer.from(bytes.subarray(10, start)).toString('latin1');
  expect(header).toContain("'descr': '<f4'");
  const [, dims = ''] = /'shape': \(([^)]*)\)/.exec(header) ?? [];
  const shape = dims.split(',').flatMap((part) => (part.trim() === '' ? [] : [Number(part)]));
  return { shape, values: new Float32Array(bytes.slice(start).buffer) };
}

describe('gradients of a text, over REST', () => {
  it('add up along a path from a baseline, in the stored document', async () => {
    const explanation = await explain({
      method: 'integrated-gradients',
      model: classifier,
      input: { text },
      targets: [{ class: 0 }, { class: 1, space: 'logit' }],
    });
    const { targets, attributions, result } = explanation;
    expect(targets).toHaveLength(2);
    const { paths } = result as { readonly paths: readonly { readonly converged: boolean; readonly tolerance: number }[] };
    targets.forEach(({ score, baseScore, completenessGap }, at) => {
      expect(paths[at]?.converged).toBe(true);
      expect((baseScore ?? NaN) + sum(attributions[at] ?? []) + (completenessGap ?? NaN)).toBeCloseTo(score, 9);
      expect(Math.abs(completenessGap ?? NaN)).toBeLessThanOrEqual(paths[at]?.tolerance ?? NaN);
    });
    expect(explanation).toMatchObject({ truncated: false, standardErrors: null, baseline: { baseline: 'pad' } });
  }, 60_000);

  it('are the same for the same request and seed, with the same hash', async () => {
    const ask = (seed: number) =>
      explain({ method: 'smooth-grad', model: classifier, input: { text }, params: { samples: 4 }, seed, cache: 'bypass' });
    const [first, again, other] = [await ask(7), await ask(7), await ask(8)];
    expect(again.attributions).toEqual(first.attributions);
    expect(again.resultHash).toBe(first.resultHash);
    expect(other.attributions).not.toEqual(first.attributions);
    expect(first.standardErrors?.[0]).toHaveLength(first.features.length);
  }, 60_000);

  it('are kept as tensors, whose lengths are the saliency of tokens', async () => {
    const explanation = await explain({
      method: 'saliency',
      model: classifier,
      input: { text },
      params: { players: 'tokens', keep: ['gradient', 'embedding'] },
    });
    const [gradient, embedding] = [await readNpy(explanation, 'gradient'), await readNpy(explanation, 'embedding')];
    const [tokens = 0, width = 0] = gradient.shape;
    expect(tokens).toBe(explanation.features.length);
    expect(embedding.shape).toEqual(gradient.shape);
    explanation.attributions[0]?.forEach((value, token) =>
      expect(value).toBeCloseTo(Math.hypot(...gradient.values.subarray(token * width, (token + 1) * width)), 6),
    );
  }, 60_000);

  it('go to heads and through attention', async () => {
    const heads = await explain({ method: 'head-importance', model: classifier, input: { text } });
    expect(heads.features).toHaveLength(72);
    expect(heads.attributions[0]?.some((value) => value !== 0)).toBe(true);
    const relevance = await explain({ method: 'attention-relevance', model: classifier, input: { text }, params: { keep: ['relevance'] } });
    const { shape } = await readNpy(relevance, 'relevance');
    expect(shape).toHaveLength(2);
    expect(relevance.result).toMatchObject({ layers: [0, 1, 2, 3, 4, 5], readouts: [0] });
  }, 60_000);
});

describe('gradients of a language model, over REST', () => {
  it('say which tokens of a prompt made those after it', async () => {
    const input = { prompt: 'Once upon a time', generate: { maxTokens: 4 } };
    const explanation = await explain({
      method: 'integrated-gradients',
      model: story,
      input,
      targets: [{ generated: [0] }, { generated: [1, 2] }],
    });
    const { targets, attributions, features, result } = explanation;
    const { generated } = result as { readonly generated: readonly { readonly token: string; readonly logProbability: number }[] };
    expect(generated).toHaveLength(4);
    expect(targets[0]?.score).toBeCloseTo(generated[0]?.logProbability ?? NaN, 4);
    expect(targets[1]?.score).toBeCloseTo((generated[1]?.logProbability ?? NaN) + (generated[2]?.logProbability ?? NaN), 4);
    // The beginning of the text is special, and keeps its row in the baseline.
    expect(attributions[0]?.[0]).toBe(0);
    expect(attributions.every((values) => values.length === features.length)).toBe(true);
  }, 60_000);

  it('say why one token and not another', async () => {
    const ask = async (target: Json) => explain({ method: 'saliency', model: story, input: { text: 'Once upon a time' }, target });
    const { targets } = await ask({ contrast: [403, 405] });
    const [one, other] = [await ask({ tokenId: 403, space: 'logit' }), await ask({ tokenId: 405, space: 'logit' })];
    expect(targets[0]?.score).toBeCloseTo((one.targets[0]?.score ?? NaN) - (other.targets[0]?.score ?? NaN), 4);
  }, 60_000);
});

describe('gradients of a picture, over REST', () => {
  it.each(['saliency', 'integrated-gradients', 'smooth-grad'])(
    '%s has a map of the pixels',
    async (method) => {
      const params = method === 'smooth-grad' ? { samples: 4 } : {};
      const explanation = await explain({ method, model: digits, input: picture, params });
      expect(explanation.features).toHaveLength(64);
      const { shape, values } = await readNpy(explanation, 'map');
      expect(shape).toEqual([64, 64]);
      if (method === 'integrated-gradients') expect(sum([...values])).toBeCloseTo(sum(explanation.attributions[0] ?? []), 3);
    },
    60_000,
  );
});

describe('a request for gradients', () => {
  const submit = (request: Json) => platform.call('POST', '/v1/jobs', { seed: 7, ...request });

  it.each(['saliency', 'integrated-gradients', 'smooth-grad', 'attention-relevance', 'head-importance'])(
    'of %s is planned without a run',
    async (method) => {
      const answer = await submit({ method, model: classifier, input: { text }, validateOnly: true });
      expect(answer.status).toBe(200);
      const evaluations = { 'integrated-gradients': 34, 'smooth-grad': 51 }[method] ?? 1;
      expect(answer.json()).toMatchObject({ estimatedEvaluations: evaluations });
    },
  );

  const ig = 'integrated-gradients';
  it.each([
    ['a baseline of pictures for a text', ig, classifier, { input: { text }, params: { baseline: 'grey' } }, '/params/baseline'],
    ['a baseline of texts for a picture', ig, digits, { input: picture, params: { baseline: 'pad' } }, '/params/baseline'],
    ['a mask that a tokenizer has not', ig, story, { input: { text }, params: { baseline: 'mask' } }, '/params/baseline'],
    ['columns of a text', 'saliency', classifier, { input: { text }, params: { players: 'columns' } }, '/params/players'],
    ['words of a language model', 'saliency', story, { input: { text }, params: { players: 'words' } }, '/params/players'],
    ['a space of others', 'saliency', classifier, { input: { text }, target: { space: 'margin' } }, '/target/space'],
    ['a space that tokens have not', 'saliency', story, { input: { text }, target: { space: 'margin' } }, '/target/space'],
    ['a token of a classifier', 'saliency', classifier, { input: { text }, target: { token: 'film' } }, '/target/token'],
    ['a class of a language model', 'saliency', story, { input: { text }, target: { class: 1 } }, '/target/class'],
  ] as const)('is refused for %s', async (_what, method, model, request, pointer) => {
    const answer = await submit({ method, model, ...request });
    expect(answer.status).toBe(422);
    expect(JSON.stringify(answer.json())).toContain(JSON.stringify(pointer));
  });

  it.each([
    [{ text }, { token: 'a', position: 400 }, '/target/position'],
    [{ text }, { tokenId: 512 }, '/target/tokenId'],
    [{ text }, { token: 'gripping' }, '/target/token'],
    [{ text }, { generated: [0] }, '/target/generated'],
    [{ prompt: text, generate: { maxTokens: 2 } }, { generated: [0, 2] }, '/target/generated/1'],
    [{ prompt: text, completion: ' It is' }, { position: 1 }, '/target/position'],
  ])('whose tokens are not there is refused before it runs: %j %j', async (input, target, pointer) => {
    const answer = await submit({ method: 'saliency', model: story, input, target, validateOnly: true });
    expect([answer.status, answer.json()['code']]).toEqual([422, 'PARAM_INVALID']);
    expect(JSON.stringify(answer.json())).toContain(JSON.stringify(pointer));
  });

  it('of a model of trees is refused, as its capabilities say', async () => {
    const answer = await submit({ method: 'saliency', model: { name: 'adult-lightgbm' }, input: { features: person } });
    expect([answer.status, answer.json()['code']]).toEqual([422, 'GRADIENT_UNAVAILABLE']);
    const [error] = answer.json()['errors'] as readonly { readonly pointer: string; readonly detail: string }[];
    expect(error).toMatchObject({ pointer: '/method', detail: expect.stringContaining('TreeEnsemble') });
    const capabilities = (await platform.call('GET', '/v1/models/adult-lightgbm/versions/1/capabilities')).json();
    expect(capabilities['methods']).not.toContain('saliency');
    expect(capabilities['unavailable']).toContainEqual(
      expect.objectContaining({ method: 'saliency', code: 'GRADIENT_UNAVAILABLE', reason: error?.detail }),
    );
  });

  it('is done for every text of a batch', async () => {
    const inputs = ['A dull film.', 'A funny film.', 'What a waste of time!'].map((one) => ({ text: one }));
    const submitted = await platform.call('POST', '/v1/batches', { method: 'saliency', model: classifier, inputs, seed: 1 });
    expect(submitted.status).toBe(202);
    const batch = await until(
      'the end of the batch',
      async () => (await platform.call('GET', `/v1/batches/${String(submitted.json()['id'])}`)).json(),
      ({ state }) => state === 'FINISHED',
    );
    expect(batch).toMatchObject({ n: 3, refused: 0, counts: { SUCCEEDED: 3, FAILED: 0 } });
  }, 60_000);
});
