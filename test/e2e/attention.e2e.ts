import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readGoldenTensors, readGoldenText } from '#testing';
import type { AttentionReference } from '../golden/compare/text-attention.js';
import { Platform, type Json } from '../support/platform.js';

const model = { name: 'sst2-minilm' };
const reference = JSON.parse(readGoldenText('sst2-minilm/attention.json')) as AttentionReference;
const tensors = readGoldenTensors('sst2-minilm/attention.safetensors.gz');

let platform: Platform;
beforeAll(async () => {
  platform = await Platform.start();
}, 120_000);
afterAll(async () => {
  await platform.stop();
}, 60_000);

interface Part {
  readonly heads: readonly number[];
  readonly queries: readonly string[];
  readonly shape: readonly number[];
  readonly values: readonly number[];
  readonly maxAbsError: number;
}

async function read(explanation: Json, query: string): Promise<Part> {
  const { status, text } = await platform.call('GET', `/v1/explanations/${String(explanation['id'])}/attention?${query}`);
  if (status !== 200) throw new Error(`${query} answered ${status}: ${text}`);
  return JSON.parse(text) as Part;
}

function largestDifference(values: readonly number[], others: ArrayLike<number>): number {
  expect(values).toHaveLength(others.length);
  return Math.max(...values.map((value, at) => Math.abs(value - (others[at] ?? NaN))));
}

describe('attention over REST equals a reference made with other software', () => {
  it.each(reference.cases.map((one, index) => [index, one] as const))(
    'layer by layer, for text %p',
    async (index, { text, tokens }) => {
      const expected = tensors.get(`attention.${index}`);
      const [layers = 0, heads = 0] = expected?.shape ?? [];
      const size = heads * tokens.length ** 2;
      const exact = await platform.explain({ method: 'attention', model, input: { text }, params: { encoding: 'exact' } });
      const quantised = await platform.explain({ method: 'attention', model, input: { text } });
      for (let layer = 0; layer < layers; layer++) {
        const own = (expected?.data as Float32Array).subarray(layer * size, (layer + 1) * size);
        const part = await read(exact, `layer=${layer}`);
        expect(part.shape).toEqual([heads, tokens.length, tokens.length]);
        expect(largestDifference(part.values, own)).toBeLessThanOrEqual(reference.tolerance.attention);
        const coarse = await read(quantised, `layer=${layer}`);
        expect(largestDifference(coarse.values, own)).toBeLessThanOrEqual(coarse.maxAbsError + reference.tolerance.attention);
      }
      const head = await read(exact, `layer=${layers - 1}&head=${heads - 1}`);
      expect(head.shape).toEqual([tokens.length, tokens.length]);
      expect(head.values).toEqual((await read(exact, `layer=${layers - 1}`)).values.slice(-(tokens.length ** 2)));
    },
    120_000,
  );

  it('rolled out, from the token that the classifier reads', async () => {
    for (const [index, { text, tokens }] of reference.cases.entries()) {
      const explanation = await platform.explain({ method: 'attention-rollout', model, input: { text }, params: { encoding: 'exact' } });
      const expected = tensors.get(`rollout.${index}`)?.data as Float64Array;
      const { scores } = explanation['result'] as { readonly scores: readonly number[] };
      expect(largestDifference(scores, expected)).toBeLessThanOrEqual(reference.tolerance.rollout);
      const map = await read(explanation, '');
      expect(map.shape).toEqual([tokens.length, tokens.length]);
    }
  }, 120_000);
});

describe('the attention of an explanation', () => {
  let explanation: Json;
  beforeAll(async () => {
    explanation = await platform.explain({ method: 'attention', model, input: { text: 'A gripping, funny film.' } });
  }, 120_000);
  const get = (query: string, headers: Record<string, string> = {}) =>
    platform.call('GET', `/v1/explanations/${String(explanation['id'])}/attention?${query}`, undefined, headers);

  it('is a picture, of a head or of the mean of all', async () => {
    for (const query of ['layer=2&head=3&format=svg', 'layer=2&format=svg&figure=arcs&theme=dark']) {
      const answer = await get(query);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/svg+xml; charset=utf-8']);
      expect(answer.text).toMatch(/^<svg[\s\S]*gripping[\s\S]*<\/svg>$/);
      const again = await get(query, { 'if-none-match': answer.headers.get('etag') ?? '' });
      expect([again.status, again.text]).toEqual([304, '']);
    }
  });

  it.each([
    ['', 'layer is missing'],
    ['layer=6', 'no layer 6'],
    ['layer=0&head=12', 'no head 12'],
    ['layer=0&step=0', 'nothing was generated'],
    ['layer=0&figure=arcs', 'json has no parameter figure'],
    ['layer=-1', 'layer'],
  ])('is refused where there is none: %s', async (query, detail) => {
    const answer = await get(query);
    expect(answer.status).toBe(400);
    expect(answer.json()).toMatchObject({ code: 'FILTER_INVALID', detail: expect.stringContaining(detail) });
  });

  it('has scores before the softmax on request, which cannot be drawn', async () => {
    const scored = await platform.explain({
      method: 'attention',
      model,
      input: { text: 'A gripping, funny film.' },
      params: { space: 'score', layers: [2] },
    });
    const { values, shape } = await read(scored, 'layer=2&head=3');
    const exact = await read(explanation, 'layer=2&head=3');
    const [rows = 0, keys = 0] = shape;
    for (let row = 0; row < rows; row++) {
      const weights = values.slice(row * keys, (row + 1) * keys).map(Math.exp);
      const sum = weights.reduce((total, one) => total + one, 0);
      weights.forEach((one, key) =>
        expect(Math.abs(one / sum - (exact.values[row * keys + key] ?? NaN))).toBeLessThanOrEqual(exact.maxAbsError + 1e-5),
      );
    }
    const drawn = await platform.call('GET', `/v1/explanations/${String(scored['id'])}/attention?layer=2&format=svg`);
    expect([drawn.status, drawn.json()['code']]).toEqual([400, 'FILTER_INVALID']);
  }, 60_000);

  it('is not there for a method that keeps none', async () => {
    const other = await platform.explain({ method: 'occlusion', model, input: { text: 'A gripping, funny film.' } });
    const answer = await platform.call('GET', `/v1/explanations/${String(other['id'])}/attention`);
    expect([answer.status, answer.json()['code']]).toEqual([404, 'NOT_FOUND']);
  });

  it('is drawn of its most telling head where none is asked for', async () => {
    const path = `/v1/explanations/${String(explanation['id'])}`;
    const drawn = await platform.call('GET', path, undefined, { accept: 'image/svg+xml' });
    expect([drawn.status, drawn.headers.get('content-type')]).toEqual([200, 'image/svg+xml; charset=utf-8']);
    const { layers, keys } = explanation['result'] as {
      readonly keys: number;
      readonly layers: readonly {
        readonly layer: number;
        readonly heads: readonly { head: number; entropy: number; first: number; previous: number; self: number; separator: number }[];
      }[];
    };
    const [best] = layers
      .flatMap(({ layer, heads }) =>
        heads.map(({ head, entropy, first, previous, self, separator }) => ({
          ...{ layer, head },
          score: Math.max(0, 1 - first - previous - self - separator) * (1 - entropy / Math.log(keys)),
        })),
      )
      .toSorted((one, other) => other.score - one.score);
    expect(drawn.text).toContain(`Layer ${best?.layer ?? ''}, head ${best?.head ?? ''} of`);
    expect(drawn.headers.get('link')).toBe(
      `<${path}/attention?layer=${best?.layer ?? ''}&head=${best?.head ?? ''}&format=svg>; rel="related"`,
    );
    const arcs = await platform.call('GET', `${path}?format=svg&figure=arcs&theme=dark`);
    expect([arcs.status, arcs.text.includes('<path')]).toEqual([200, true]);
    const page = await platform.call('GET', path, undefined, { accept: 'text/html' });
    expect(page.text.match(/<svg/g)).toHaveLength(2);
    const bars = await platform.call('GET', `${path}?format=svg&figure=bars`);
    expect(bars.json()).toMatchObject({ code: 'FILTER_INVALID', detail: expect.stringContaining('it has matrix, arcs') });
  }, 60_000);

  it('says on its page why there is no picture', async () => {
    const ask = async (text: string, params: Json) => {
      const { id } = await platform.explain({ method: 'attention', model, input: { text }, params });
      return (format: string) => platform.call('GET', `/v1/explanations/${String(id)}?format=${format}`);
    };
    const scored = await ask('A gripping, funny film.', { space: 'score', layers: [2] });
    expect((await scored('html')).text).toContain('There is no picture here: scores before the softmax');
    expect((await scored('svg')).json()).toMatchObject({ code: 'FILTER_INVALID', detail: expect.stringContaining('scores before') });
    const long = await ask('A gripping film. '.repeat(50), { layers: [0], heads: [1] });
    expect((await long('html')).text).toMatch(
      /There is no picture here: (\d+ tokens that look at \d+ are|the explanation keeps \d+ numbers,) too many/,
    );
    expect((await long('svg')).status).toBe(200);
  }, 60_000);

  it('has a page that names what every head does', async () => {
    const page = await platform.call('GET', `/v1/explanations/${String(explanation['id'])}`, undefined, { accept: 'text/html' });
    expect(page.status).toBe(200);
    expect(page.text).toContain('gripping');
    expect(page.text.match(/layer \d+, head \d+/g)?.length).toBeGreaterThanOrEqual(72);
  });

  it('answers a table for a model that has no tokens with a problem', async () => {
    const answer = await platform.call('POST', '/v1/jobs', {
      method: 'attention',
      model: { name: 'german-credit-logistic' },
      input: { text: 'a' },
    });
    expect([answer.status, answer.json()['code']]).toEqual([422, 'METHOD_NOT_APPLICABLE']);
  });
});

describe('head-ablation over REST', () => {
  it('says for every head how much the score drops without it, and can be drawn', async () => {
    const explanation = await platform.explain({ method: 'head-ablation', model, input: { text: 'A gripping, funny film.' } });
    const { targets, attributions, features } = explanation as unknown as {
      readonly targets: readonly { readonly score: number; readonly baseScore: number; readonly completenessGap: number }[];
      readonly attributions: readonly (readonly number[])[];
      readonly features: readonly { readonly name: string }[];
    };
    expect(features).toHaveLength(72);
    const [target] = targets;
    const sum = (attributions[0] ?? []).reduce((total, one) => total + one, 0);
    expect((target?.baseScore ?? NaN) + sum + (target?.completenessGap ?? NaN)).toBeCloseTo(target?.score ?? NaN, 6);
    const picture = await platform.call('GET', `/v1/explanations/${String(explanation['id'])}`, undefined, { accept: 'image/svg+xml' });
    expect([picture.status, features.some(({ name }) => picture.text.includes(name))]).toEqual([200, true]);
  }, 120_000);
});
