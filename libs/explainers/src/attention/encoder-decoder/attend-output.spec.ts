import { beforeEach, describe, expect, it } from '@jest/globals';
import { CopyingModel, CountingModel, runExplainer } from '#testing';
import type { ExplainInput } from '../../contract/explainer.js';
import type { AttentionResult } from '../attention-result.js';
import { attention } from '../attention.js';

let model: CopyingModel;

beforeEach(() => {
  model = new CopyingModel();
});

const greedy = (maxTokens: number) => ({ prompt: '4 2 7', generate: { maxTokens, sampling: 'greedy' as const } });

async function explain(input: ExplainInput, params: object = {}, seed = 1) {
  const { output, progress } = await runExplainer(attention, model, { input, params: { encoding: 'exact', ...params }, seed });
  const [tensor] = output.tensors ?? [];
  if (tensor === undefined) throw new Error('no tensor');
  return { output, progress, tensor, result: output.result as AttentionResult };
}

/** Rows as the model makes them, [layers, heads, rows, keys]. */
function expectedRows(kind: 'cross' | 'causal-self', rows: number, keys: number): Float32Array {
  const numbers: number[] = [];
  for (let layer = 0; layer < model.layers; layer++)
    for (let head = 0; head < model.heads; head++)
      for (let row = 0; row < rows; row++)
        for (let key = 0; key < keys; key++) {
          const seen = kind === 'cross' ? keys : row + 1;
          numbers.push(key < seen ? model.shareOf(kind, layer, head, row, seen, key) : 0);
        }
  return Float32Array.from(numbers);
}

describe('attention of an encoder-decoder', () => {
  it('gives each token of the output its row over the source, its log-probability and its rivals', async () => {
    const { result, tensor, output, progress } = await explain(greedy(2), { rivals: 1 });
    expect(tensor.shape).toEqual([2, 3, 2, 4]);
    expect(tensor.data).toEqual(expectedRows('cross', 2, 4));
    expect(result).toMatchObject({ text: ' 4 2', stop: 'max-tokens', queries: [4, 5], keys: 4 });
    expect(result).not.toHaveProperty('keysFrom');
    expect(result.layers.map(({ kind, layer }) => [kind, layer])).toEqual([
      ['cross', 0],
      ['cross', 1],
    ]);
    expect(result.layers[0]?.heads[0]).toMatchObject({ meanDistance: null, previous: null, self: null, separator: expect.any(Number) });
    expect(result.generated?.map(({ tokenId, rivals }) => [tokenId, rivals.map((rival) => rival.tokenId)])).toEqual([
      [4, [2]],
      [2, [7]],
    ]);
    expect(result.generated?.[0]?.logProbability).toBeCloseTo(4 - Math.log(Math.exp(4) + Math.exp(2) + 10), 6);
    const features = output.features.map((feature) => ('text' in feature ? [feature.text, feature.span] : []));
    expect(features).toEqual([
      ['4', [0, 1]],
      ['2', [2, 3]],
      ['7', [4, 5]],
      ['</s>', [0, 0]],
      ['<s>', [0, 0]],
      [' 4', [5, 7]],
      [' 2', [7, 9]],
    ]);
    expect(progress.map(({ done, total }) => [done, total])).toEqual([
      [1, 2],
      [2, 2],
    ]);
  });

  it('ends with the token that ends an output, and reads a completion with the same numbers', async () => {
    const generated = await explain(greedy(8));
    expect(generated.result).toMatchObject({ text: ' 4 2 7', stop: 'end-token' });
    expect(generated.result.generated?.map(({ name }) => name)).toEqual(['4', '2', '7', '</s>']);
    const three = await explain(greedy(3));
    model = new CopyingModel();
    const read = await explain({ prompt: '4 2 7', completion: '4 2 7' });
    expect(read.tensor).toEqual(three.tensor);
    expect(read.result).toEqual({ ...three.result, stop: 'completion' });
    expect(model.modelRows).toBe(2);
  });

  it('shows what the decoder looks at in the output, behind the tokens of the source', async () => {
    const { result, tensor } = await explain(greedy(3), { kind: 'decoder' });
    expect(tensor.shape).toEqual([2, 3, 3, 3]);
    expect(tensor.data).toEqual(expectedRows('causal-self', 3, 3));
    expect(result).toMatchObject({ queries: [4, 5, 6], keys: 3, keysFrom: 4 });
    expect(result.layers.map(({ kind }) => kind)).toEqual(['causal-self', 'causal-self']);
    expect(result.layers[0]?.heads[0]?.self).toEqual(expect.any(Number));
  });

  it('shows what the encoder looks at in a text', async () => {
    const { result, tensor, output } = await explain({ text: 'a b' }, { kind: 'encoder', layers: [2] });
    const tokens = model.encoder.encode('a b').ids.length;
    expect(tensor.shape).toEqual([1, 2, tokens, tokens]);
    expect(result.layers.map(({ kind, layer }) => [kind, layer])).toEqual([['self', 2]]);
    expect(output.features).toHaveLength(tokens);
  });

  it('draws tokens from the seed', async () => {
    const sampled = { prompt: '4 2 7', generate: { maxTokens: 6, sampling: { temperature: 9, topK: null, topP: null } } };
    const texts = await Promise.all([1, 1, 2, 3, 4].map(async (seed) => (await explain(sampled, {}, seed)).result.text));
    expect(texts[0]).toBe(texts[1]);
    expect(new Set(texts).size).toBeGreaterThan(1);
  });

  it.each<[string, ExplainInput, object, string, string]>([
    ['a text for its decoder', { text: 'a' }, {}, 'INPUT_KIND_MISMATCH', '/input'],
    ['a prompt for its encoder', greedy(1), { kind: 'encoder' }, 'INPUT_KIND_MISMATCH', '/input'],
    ['chosen queries', greedy(1), { queries: [0] }, 'PARAM_INVALID', '/params/queries'],
    ['scores', greedy(1), { space: 'score' }, 'PARAM_INVALID', '/params/space'],
    ['a layer that is not there', greedy(1), { layers: [2] }, 'PARAM_INVALID', '/params/layers/0'],
    ['a query that no text has', { text: 'a' }, { kind: 'encoder', queries: [12] }, 'PARAM_INVALID', '/params/queries/0'],
    ['a source beyond the context', { prompt: '1 '.repeat(12), completion: '2' }, {}, 'CONTEXT_EXCEEDED', '/input/prompt'],
    ['more tokens than there is room for', greedy(13), {}, 'CONTEXT_EXCEEDED', '/input/generate/maxTokens'],
    ['a completion beyond the context', { prompt: '1', completion: '2 '.repeat(13) }, {}, 'CONTEXT_EXCEEDED', '/input/completion'],
    ['a completion without a token', { prompt: '1', completion: 'x' }, {}, 'TEXT_EMPTY', '/input/completion'],
    ['a source that cannot be stored', { prompt: '\0', completion: '2' }, {}, 'TEXT_INVALID', '/input/prompt'],
  ])('refuses %s', async (_, input, params, code, pointer) => {
    await expect(explain(input, params)).rejects.toMatchObject({ code, pointer });
  });

  it('takes an output that fills the context to the last token', async () => {
    expect((await explain({ prompt: '1', completion: '2 '.repeat(12) })).tensor.shape).toEqual([2, 3, 12, 2]);
  });

  it('chooses a kind for no other model', async () => {
    const other = runExplainer(attention, new CountingModel(), { input: greedy(1), params: { kind: 'decoder' } });
    await expect(other).rejects.toMatchObject({ code: 'PARAM_INVALID', pointer: '/params/kind' });
    const params = attention.params.parse({});
    expect(attention.complete?.(params, model.description)).toMatchObject({ kind: 'cross' });
    expect(attention.complete?.(params, new CountingModel().description)).toMatchObject({ kind: null });
  });

  it('stops when it is told to', async () => {
    const stopped = runExplainer(attention, model, { input: greedy(3) }, { aborted: true });
    await expect(stopped).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it('plans a pass for each token at most, and one for a text', async () => {
    const request = { input: greedy(3), targets: [{}], params: attention.params.parse({}), seed: 1 };
    const plan = await attention.plan(request, model);
    expect(plan).toMatchObject({ estimatedEvaluations: 3, estimatedModelRows: 3 });
    expect(plan.features).toHaveLength(5);
    const text = { ...request, input: { text: 'a b' }, params: attention.params.parse({ kind: 'encoder' }) };
    expect(await attention.plan(text, model)).toMatchObject({ estimatedEvaluations: 1 });
    expect(model.modelRows).toBe(0);
  });
});
