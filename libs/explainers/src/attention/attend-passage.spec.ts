import { beforeEach, describe, expect, it } from '@jest/globals';
import { CountingModel, runExplainer } from '#testing';
import type { AttentionResult } from './attention-result.js';
import { attention } from './attention.js';

let model: CountingModel;

beforeEach(() => {
  model = new CountingModel();
});

async function explain(text: string, params: unknown = {}) {
  const { output } = await runExplainer(attention, model, { input: { text }, params });
  const [tensor] = output.tensors ?? [];
  if (tensor === undefined) throw new Error('no tensor');
  return { output, tensor, result: output.result as AttentionResult };
}

// CountingModel: after n comes n + 1 (logit 4), then n + 2 (logit 2), of 12 tokens; "<s>" comes first.
describe('attention of a text in a language model', () => {
  it('has a row for every token over those before it, and the log-probability of each', async () => {
    const { result, tensor, output } = await explain('3 4 6', { encoding: 'exact' });
    expect(result).toMatchObject({ queries: [0, 1, 2, 3], keys: 4 });
    expect(result).not.toHaveProperty('generated');
    expect(tensor.shape).toEqual([model.layers, model.heads, 4, 4]);
    for (let layer = 0; layer < model.layers; layer++)
      for (let head = 0; head < model.heads; head++)
        for (let row = 0; row < 4; row++) {
          const start = ((layer * model.heads + head) * 4 + row) * 4;
          const seen = Array.from({ length: 4 }, (_, key) => (key <= row ? model.shareOf(layer, head, row + 1, key) : 0));
          expect([...tensor.data.subarray(start, start + 4)]).toEqual([...Float32Array.from(seen)]);
        }
    const total = (second: number) => Math.log(Math.exp(4) + second + 10);
    const [begin, sum] = [total(1), total(Math.exp(2))];
    const [first, ...others] = result.logProbabilities ?? [];
    expect(first).toBeNull();
    [0 - begin, 4 - sum, 2 - sum].forEach((log, at) => expect(others[at]).toBeCloseTo(log, 6));
    expect(others).toHaveLength(3);
    expect(output).toMatchObject({ evaluations: 1, modelRows: 1, prediction: [], targets: [] });
    expect(output.features).toHaveLength(4);
  });

  it('keeps chosen queries, with the same numbers', async () => {
    const all = await explain('3 4 6', { encoding: 'exact' });
    const { result, tensor } = await explain('3 4 6', { queries: [3, 1], layers: [1], encoding: 'exact' });
    expect(result).toMatchObject({ queries: [1, 3], keys: 4, logProbabilities: all.result.logProbabilities });
    expect([...tensor.data.subarray(0, 4)]).toEqual([...all.tensor.data.subarray((model.heads * 4 + 1) * 4, (model.heads * 4 + 2) * 4)]);
  });

  it('reads a long text in pieces, as if it were one', async () => {
    Object.assign(model, { contextLength: 200, description: { ...model.description, maxTokens: 200 } });
    const { result, tensor, output } = await explain('1 '.repeat(99), { heads: [0], layers: [0], encoding: 'exact' });
    expect(output.modelRows).toBe(2);
    expect(tensor.shape).toEqual([1, 1, 100, 100]);
    for (const row of [63, 64, 99])
      expect([...tensor.data.subarray(row * 100, row * 100 + row + 1)]).toEqual([
        ...Float32Array.from({ length: row + 1 }, (_, key) => model.shareOf(0, 0, row + 1, key)),
      ]);
    expect(new Set(result.logProbabilities?.slice(2)).size).toBe(1);
  });

  it('has scores, of which the softmax is the attention', async () => {
    const { tensor } = await explain('3 4', { space: 'score' });
    expect(tensor.dtype).toBe('f32');
    const row = Array.from(tensor.data.subarray(6, 9), Math.exp);
    row.forEach((share, key) => expect(share).toBeCloseTo(model.shareOf(0, 0, 3, key), 5));
  });

  it.each([
    ['queries that are not there', '3 4', { queries: [0, 3] }, 'PARAM_INVALID', '/params/queries/1'],
    ['more tokens than the context', '1 '.repeat(32), {}, 'CONTEXT_EXCEEDED', '/input/text'],
    ['what cannot be stored', '\0', {}, 'TEXT_INVALID', '/input/text'],
  ])('refuses %s', async (_, text, params, code, pointer) => {
    await expect(explain(text, params)).rejects.toMatchObject({ code, pointer });
  });

  it.each([
    [{ layers: [1, 2] }, '/params/layers/1', 'Choose among 0 … 1.'],
    [{ heads: [3] }, '/params/heads/0', 'Choose among 0 … 2.'],
    [{ queries: [0, 1, 9] }, '/params/queries/2', 'Choose among 0 … 2.'],
  ])('plans without a pass, and refuses %j', async (params, pointer, remedy) => {
    const request = (wanted: unknown) => ({ input: { text: '3 4' }, targets: [{}], params: attention.params.parse(wanted), seed: 1 });
    await expect(attention.plan(request(params), model)).rejects.toMatchObject({ code: 'PARAM_INVALID', pointer, remedy });
    expect(await attention.plan(request({}), model)).toMatchObject({ estimatedEvaluations: 1, estimatedModelRows: 1 });
    expect(model.modelRows).toBe(0);
  });

  it('is checked against what registration read', () => {
    const request = { input: { text: '3 4' }, targets: [{}], params: attention.params.parse({ heads: [0, 3] }), seed: 1 };
    const check = (heads: number | null) => () => attention.check(request, model.description, { layers: [0, 1], heads });
    expect(check(3)).toThrow(expect.objectContaining({ code: 'PARAM_INVALID', pointer: '/params/heads/1', remedy: 'Choose among 0 … 2.' }));
    expect(check(null)).not.toThrow();
  });

  it('stops when it is told to', async () => {
    const stopped = runExplainer(attention, model, { input: { text: '1' } }, { aborted: true });
    await expect(stopped).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});
