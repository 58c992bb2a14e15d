import { beforeEach, describe, expect, it } from '@jest/globals';
import { dequantiseSqrt } from '#numeric';
import { CountingModel, runExplainer } from '#testing';
import type { ExplainInput } from '../contract/explainer.js';
import type { AttentionResult } from './attention-result.js';
import { attention } from './attention.js';

let model: CountingModel;

beforeEach(() => {
  model = new CountingModel();
});

async function explain(input: ExplainInput, params: unknown = {}, seed = 1) {
  const { output, progress } = await runExplainer(attention, model, { input, params, seed });
  const [tensor] = output.tensors ?? [];
  if (tensor === undefined) throw new Error('no tensor');
  return { output, progress, tensor, result: output.result as AttentionResult };
}
const greedy = (maxTokens: number) => ({ prompt: '1 2', generate: { maxTokens, sampling: 'greedy' as const } });

// CountingModel: vocabulary 0 … 9, "<s>" = 10, "</s>" = 11; after n comes n + 1, likeliest, and </s> after 9; n + 2 is next.
describe('attention after a prompt', () => {
  it('gives each generated token its row, its log-probability and its rivals', async () => {
    const { result, tensor, output } = await explain(greedy(3), { encoding: 'exact', rivals: 2 });
    expect(result).toMatchObject({ text: ' 3 4 5', stop: 'max-tokens', queries: [2, 3, 4], keys: 5 });
    expect(tensor.shape).toEqual([model.layers, model.heads, 3, 5]);
    for (let layer = 0; layer < model.layers; layer++)
      for (let head = 0; head < model.heads; head++)
        for (let step = 0; step < 3; step++) {
          const start = ((layer * model.heads + head) * 3 + step) * 5;
          const seen = Array.from({ length: 3 + step }, (_, key) => model.shareOf(layer, head, 3 + step, key));
          expect([...tensor.data.subarray(start, start + 5)]).toEqual([...Float32Array.from(seen), ...new Array<number>(2 - step).fill(0)]);
        }
    expect(result.generated?.map(({ token, tokenId }) => [token, tokenId])).toEqual([
      [' 3', 3],
      [' 4', 4],
      [' 5', 5],
    ]);
    const logOf = (logit: number) => logit - Math.log(Math.exp(4) + Math.exp(2) + 10);
    result.generated?.forEach(({ logProbability, rivals }, step) => {
      expect(logProbability).toBeCloseTo(logOf(4), 6);
      expect(rivals.map(({ tokenId }) => tokenId)).toEqual([4 + step, 0]);
      expect(rivals[0]?.logProbability).toBeCloseTo(logOf(2), 6);
    });
    expect(output.features.map((feature) => ('text' in feature ? [feature.text, feature.span] : []))).toEqual([
      ['<s>', [0, 0]],
      ['1', [0, 1]],
      ['2', [2, 3]],
      [' 3', [3, 5]],
      [' 4', [5, 7]],
      [' 5', [7, 9]],
    ]);
  });

  it('reads a long prompt in pieces, says so, and gives the same', async () => {
    const input: ExplainInput = { prompt: '1 2 3 4 5 6', generate: { maxTokens: 2, sampling: 'greedy' } };
    const whole = await explain(input);
    model = new CountingModel();
    model.atOnce = 2;
    const { result, tensor, progress } = await explain(input);
    expect(result).toEqual(whole.result);
    expect(tensor).toEqual(whole.tensor);
    // <s> and six digits: 2, 2, 2 and 1, and one for the token that was generated first.
    expect(model.modelRows).toBe(5);
    expect(progress.filter(({ phase }) => phase === 'reading the prompt').map(({ done, total }) => [done, total])).toEqual([
      [2, 7],
      [4, 7],
      [6, 7],
    ]);
  });

  it('ends with the token that ends a text, and keeps no more rows than there are tokens', async () => {
    const { result, tensor, output } = await explain({ prompt: '8', generate: { maxTokens: 20, sampling: 'greedy' } });
    expect(result).toMatchObject({ text: ' 9', stop: 'end-token', keys: 3 });
    expect(result.generated?.map(({ name }) => name)).toEqual(['9', '</s>']);
    expect(tensor.shape).toEqual([model.layers, model.heads, 2, 3]);
    expect(output).toMatchObject({ evaluations: 2, budget: 20, modelRows: 2 });
    const row = dequantiseSqrt(tensor.data as Uint8Array).subarray(3, 6);
    row.forEach((share, key) => expect(Math.abs(share - model.shareOf(0, 0, 3, key))).toBeLessThanOrEqual(tensor.maxAbsError + 1e-7));
  });

  it('reads a completion as it happened, in one pass after the prompt, with the same numbers as if it had been generated', async () => {
    const generated = await explain(greedy(3), { encoding: 'exact' });
    model = new CountingModel();
    const read = await explain({ prompt: '1 2', completion: ' 3 4 5' }, { encoding: 'exact' });
    expect(read.tensor).toEqual(generated.tensor);
    expect(read.result).toEqual({ ...generated.result, stop: 'completion' });
    expect(read.output.modelRows).toBe(2);
    const unlikely = await explain({ prompt: '1 2', completion: ' 7' }, { rivals: 2 });
    expect(unlikely.result.generated?.[0]).toMatchObject({ token: ' 7', rivals: [{ tokenId: 3 }, { tokenId: 4 }] });
  });

  it('draws tokens from the seed: the same again, others for another', async () => {
    const sampled = { prompt: '1', generate: { maxTokens: 8, sampling: { temperature: 5, topK: null, topP: null } } };
    const texts = await Promise.all([1, 1, 2, 3].map(async (seed) => (await explain(sampled, {}, seed)).result.text));
    expect(texts[0]).toBe(texts[1]);
    expect(new Set(texts).size).toBeGreaterThan(1);
    const likeliest = { prompt: '1', generate: { maxTokens: 3, sampling: { temperature: 5, topK: 1, topP: null } } };
    expect((await explain(likeliest)).result.text).toBe(' 2 3 4');
  });

  it('keeps chosen layers and heads', async () => {
    const all = await explain(greedy(2), { encoding: 'exact' });
    const { tensor, result } = await explain(greedy(2), { layers: [1], heads: [2], encoding: 'exact' });
    expect(tensor.shape).toEqual([1, 1, 2, 4]);
    expect([...tensor.data]).toEqual([...all.tensor.data.subarray(8 * (model.heads + 2), 8 * (model.heads + 3))]);
    expect(result.layers.map(({ layer, heads }) => [layer, heads.map(({ head }) => head)])).toEqual([[1, [2]]]);
  });

  it('keeps scores before the softmax, and hides tokens that were not there yet', async () => {
    const { tensor, result } = await explain(greedy(2), { space: 'score' });
    expect(tensor).toMatchObject({ dtype: 'f32', shape: [model.layers, model.heads, 2, 4] });
    const [first, second] = [tensor.data.subarray(0, 4), tensor.data.subarray(4, 8)];
    expect(
      [...first]
        .slice(0, 3)
        .map((score, key) => Math.exp(score) - model.shareOf(0, 0, 3, key))
        .every((gap) => Math.abs(gap) < 1e-6),
    ).toBe(true);
    expect(first[3]).toBe(-3.4028234663852886e38);
    expect([...second].map(Math.exp).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
    expect(result.layers).toEqual((await explain(greedy(2))).result.layers);
  });

  it('tells how far it is', async () => {
    const { progress } = await explain(greedy(3));
    expect(progress.map(({ done, total }) => [done, total])).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
  });

  it.each<[string, ExplainInput, unknown, string, string]>([
    ['columns', { features: { a: 1 } }, {}, 'INPUT_KIND_MISMATCH', '/input'],
    ['chosen queries', greedy(1), { queries: [0] }, 'PARAM_INVALID', '/params/queries'],
    ['a layer that is not there', greedy(1), { layers: [9] }, 'PARAM_INVALID', '/params/layers/0'],
    ['a prompt beyond the context', { prompt: '1 '.repeat(40), completion: '2' }, {}, 'CONTEXT_EXCEEDED', '/input/prompt'],
    ['more tokens than there is room for', greedy(99), {}, 'CONTEXT_EXCEEDED', '/input/generate/maxTokens'],
    ['a prompt that cannot be stored', { prompt: '\0', completion: '2' }, {}, 'TEXT_INVALID', '/input/prompt'],
  ])('refuses %s', async (_, input, params, code, pointer) => {
    await expect(explain(input, params)).rejects.toMatchObject({ code, pointer });
  });

  it('stops when it is told to', async () => {
    const stopped = runExplainer(attention, model, { input: greedy(9) }, { aborted: true });
    await expect(stopped).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it('plans a pass for each token at most', async () => {
    const request = { input: greedy(3), targets: [{}], params: attention.params.parse({}), seed: 1 };
    expect(await attention.plan(request, model)).toMatchObject({ estimatedEvaluations: 3, estimatedModelRows: 3 });
    expect(model.modelRows).toBe(0);
  });
});
