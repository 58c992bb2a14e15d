import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readGoldenTensors, readGoldenText } from '#testing';
import type { GenerationReference } from '../golden/compare/generation.js';
import { Platform, type Json } from '../support/platform.js';

const model = { name: 'stories260k' };
const { prompts } = JSON.parse(readGoldenText('stories260k/golden.json')) as GenerationReference;
const reference = prompts.find(({ file }) => file === 'prompt-0.safetensors');
const tensors = readGoldenTensors('stories260k/prompt-0.safetensors.gz');

let platform: Platform;
beforeAll(async () => {
  platform = await Platform.start();
}, 120_000);
afterAll(async () => {
  await platform.stop();
}, 60_000);

interface Generated {
  readonly text: string;
  readonly stop: string;
  readonly queries: readonly number[];
  readonly generated: readonly {
    readonly token: string;
    readonly tokenId: number;
    readonly logProbability: number;
    readonly rivals: readonly { readonly logProbability: number }[];
  }[];
}

async function readAttention(explanation: Json, query: string) {
  const { status, text } = await platform.call('GET', `/v1/explanations/${String(explanation['id'])}/attention?${query}`);
  if (status !== 200) throw new Error(`${query} answered ${status}: ${text}`);
  return JSON.parse(text) as { readonly values: readonly number[]; readonly queries: readonly string[]; readonly keys: readonly string[] };
}

describe('what a language model looks at when it chooses a word, over REST', () => {
  if (reference === undefined) throw new Error('no reference');
  const { prompt, promptTokens, text, tolerance } = reference;
  const attention = tensors.get('attention');
  const logprob = tensors.get('logprob')?.data as Float32Array;
  const [steps = 0, layers = 0, heads = 0, width = 0] = attention?.shape ?? [];

  it('equals a reference made with other software, generated and as a completion', async () => {
    const generated = await platform.explain({
      method: 'attention',
      model,
      input: { prompt, generate: { maxTokens: steps } },
      params: { encoding: 'exact' },
    });
    const read = await platform.explain({
      method: 'attention',
      model,
      input: { prompt, completion: text.slice(prompt.length) },
      params: { encoding: 'exact' },
    });
    for (const explanation of [generated, read]) {
      const result = explanation['result'] as Generated;
      expect(prompt + result.text).toBe(text);
      expect(result.generated.map(({ tokenId }) => tokenId)).toEqual(
        Array.from(tensors.get('ids')?.data ?? [], Number).slice(promptTokens),
      );
      result.generated.forEach(({ logProbability, rivals }, step) => {
        expect(Math.abs(logProbability - (logprob[step] ?? NaN))).toBeLessThanOrEqual(tolerance.logprob);
        expect(rivals).toHaveLength(5);
        // The greedy text is the likeliest: no rival is likelier.
        for (const rival of rivals) expect(rival.logProbability).toBeLessThanOrEqual(logProbability);
      });
      for (let layer = 0; layer < layers; layer++)
        for (let step = 0; step < steps; step += 7) {
          const { values, keys } = await readAttention(explanation, `layer=${layer}&step=${step}`);
          expect(keys).toHaveLength(promptTokens + step);
          for (let head = 0; head < heads; head++) {
            const start = ((step * layers + layer) * heads + head) * width;
            const expected = (attention?.data as Float32Array).subarray(start, start + keys.length);
            const own = values.slice(head * keys.length, (head + 1) * keys.length);
            expect(Math.max(...own.map((value, key) => Math.abs(value - (expected[key] ?? NaN))))).toBeLessThanOrEqual(tolerance.attention);
          }
        }
    }
    expect((generated['result'] as Generated).stop).toBe('max-tokens');
    expect((read['result'] as Generated).stop).toBe('completion');
  }, 120_000);

  it('equals it as a text that is read, token by token', async () => {
    const explanation = await platform.explain({ method: 'attention', model, input: { text }, params: { encoding: 'exact' } });
    const { queries, logProbabilities } = explanation['result'] as {
      readonly queries: readonly number[];
      readonly logProbabilities: readonly (number | null)[];
    };
    expect(queries).toHaveLength(promptTokens + steps);
    const read = await platform.call('GET', `/v1/explanations/${String(explanation['id'])}`, undefined, { accept: 'text/html' });
    expect(read.text).toContain('How likely each token was');
    for (const value of logProbabilities.slice(1)) expect(read.text).toContain(String(value));
    expect(logProbabilities).toHaveLength(queries.length);
    for (let step = 0; step < steps; step++)
      expect(Math.abs((logProbabilities[promptTokens + step] ?? NaN) - (logprob[step] ?? NaN))).toBeLessThanOrEqual(tolerance.logprob);
    for (let layer = 0; layer < layers; layer++) {
      const { values } = await readAttention(explanation, `layer=${layer}`);
      for (let step = 0; step < steps; step += 5)
        for (let head = 0; head < heads; head++) {
          const start = ((step * layers + layer) * heads + head) * width;
          const keys = promptTokens + step;
          const expected = (attention?.data as Float32Array).subarray(start, start + keys);
          const place = (head * queries.length + keys - 1) * queries.length;
          const own = values.slice(place, place + keys);
          expect(Math.max(...own.map((value, key) => Math.abs(value - (expected[key] ?? NaN))))).toBeLessThanOrEqual(tolerance.attention);
        }
    }
    const chosen = await platform.explain({ method: 'attention', model, input: { text }, params: { layers: [2], queries: [4, 9] } });
    expect(chosen['result']).toMatchObject({ queries: [4, 9], logProbabilities });
  }, 120_000);

  it('is rolled out for a text, to its last token', async () => {
    const explanation = await platform.explain({ method: 'attention-rollout', model, input: { text: prompt } });
    const { readout, scores } = explanation['result'] as { readonly readout: number; readonly scores: readonly number[] };
    expect([readout, scores.length]).toEqual([promptTokens - 1, promptTokens]);
    expect(scores.reduce((sum, score) => sum + score, 0)).toBeCloseTo(1, 6);
    const page = await platform.call('GET', `/v1/explanations/${String(explanation['id'])}`, undefined, { accept: 'text/html' });
    expect(page.text).toContain('How much of each token reaches the last one');
  }, 60_000);

  it('has scores before the softmax on request, whose softmax it is', async () => {
    const ask = (params: Json) =>
      platform.explain({ method: 'attention', model, input: { prompt, generate: { maxTokens: 4 } }, params: { layers: [3], ...params } });
    const scored = await ask({ space: 'score' });
    const exact = await ask({ encoding: 'exact' });
    for (const step of [0, 3]) {
      const [scores, shares] = [await readAttention(scored, `head=5&step=${step}`), await readAttention(exact, `head=5&step=${step}`)];
      const weights = scores.values.map(Math.exp);
      const sum = weights.reduce((total, one) => total + one, 0);
      weights.forEach((weight, key) => expect(weight / sum).toBeCloseTo(shares.values[key] ?? NaN, 5));
    }
    expect(scored['result']).toEqual(exact['result']);
  }, 60_000);

  it.each([
    [{ layers: [0, 5] }, '/params/layers/1', 'Choose among 0 … 4.'],
    [{ heads: [8] }, '/params/heads/0', 'Choose among 0 … 7.'],
  ])('refuses %j before a job is queued', async (params, pointer, remedy) => {
    for (const validateOnly of [true, false]) {
      const answer = await platform.call('POST', '/v1/jobs', { method: 'attention', model, input: { text: prompt }, params, validateOnly });
      expect(answer.status).toBe(422);
      expect(answer.json()).toMatchObject({ code: 'PARAM_INVALID', remedy, errors: [expect.objectContaining({ pointer })] });
    }
  });

  it('refuses a query that the text does not have when it is validated', async () => {
    const body = { method: 'attention', model, input: { text: prompt }, params: { queries: [0, 200] }, validateOnly: true };
    const answer = await platform.call('POST', '/v1/jobs', body);
    expect(answer.json()['errors']).toEqual([expect.objectContaining({ code: 'PARAM_INVALID', pointer: '/params/queries/1' })]);
  });

  it('draws the same text again from the same seed', async () => {
    const request = {
      method: 'attention',
      model,
      input: { prompt, generate: { maxTokens: 12, sampling: { temperature: 1.5 } } },
      cache: 'bypass',
    };
    const [first, again, other] = await Promise.all([11, 11, 12].map((seed) => platform.explain({ ...request, seed })));
    expect(first?.['resultHash']).toBe(again?.['resultHash']);
    expect(other?.['resultHash']).not.toBe(first?.['resultHash']);
  }, 120_000);

  it('is a picture and a page', async () => {
    const explanation = await platform.explain({ method: 'attention', model, input: { prompt, generate: { maxTokens: 4 } } });
    const path = `/v1/explanations/${String(explanation['id'])}`;
    const picture = await platform.call('GET', `${path}/attention?layer=4&head=2&step=3&format=svg`);
    expect([picture.status, picture.text.includes('Lily')]).toEqual([200, true]);
    expect(picture.text).toContain('the token that was chosen');
    expect(picture.text).not.toContain('the token that looks');
    const drawn = await platform.call('GET', path, undefined, { accept: 'image/svg+xml' });
    expect(drawn.text).toMatch(/Layer \d, head \d of stories260k, when “\S+” was chosen/);
    expect(drawn.headers.get('link')).toMatch(/attention\?layer=\d&head=\d&step=3&format=svg>; rel="related"$/);
    const page = await platform.call('GET', path, undefined, { accept: 'text/html' });
    expect(page.text.match(/<svg/g)).toHaveLength(2);
    const { generated } = explanation['result'] as Generated;
    for (const { logProbability } of generated) expect(page.text).toContain(String(logProbability));
  }, 60_000);

  it.each([
    [{ prompt, generate: { maxTokens: 600 } }, 'CONTEXT_EXCEEDED', '/input/generate/maxTokens'],
    [{ features: { a: 1 } }, 'INPUT_KIND_MISMATCH', '/input'],
    [{ text: 'Once '.repeat(600) }, 'CONTEXT_EXCEEDED', '/input/text'],
  ])('refuses %j', async (input, code, pointer) => {
    const job = await platform.call('POST', '/v1/jobs', { method: 'attention', model, input, validateOnly: true });
    expect(job.json()).toMatchObject({ code, errors: [expect.objectContaining({ pointer })] });
  });

  it('is found by the words of the prompt and of what followed, and tells what the model can do', async () => {
    const found = await platform.call('GET', '/v1/explanations?q=Lily');
    expect((found.json()['items'] as readonly unknown[]).length).toBeGreaterThan(0);
    const { id, result } = await platform.explain({ method: 'attention', model, input: { prompt, generate: { maxTokens: 12 } } });
    const word = /[a-z]{4,}/.exec((result as Generated).text.slice(1))?.[0] ?? '';
    expect(word).not.toBe('');
    const words = await platform.call('GET', `/v1/explanations?q=Lily%20${word}`);
    expect((words.json()['items'] as readonly Json[]).map((item) => item['id'])).toContain(id);
    const { body } = { body: (await platform.call('GET', '/v1/models/stories260k/versions/1/capabilities')).json() };
    expect(body).toMatchObject({ attention: { layers, heads }, generation: { contextLength: 512, kvCache: true } });
  });
});
