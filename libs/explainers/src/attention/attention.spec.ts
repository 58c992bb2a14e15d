import { beforeEach, describe, expect, it } from '@jest/globals';
import { dequantiseSqrt } from '#numeric';
import { AttendingModel, GameModel, randomTableGame, runExplainer } from '#testing';
import { attention } from './attention.js';
import { expectRoom } from './head-choice.js';
import type { AttentionResult } from './attention-result.js';

let model: AttendingModel;

beforeEach(() => {
  model = new AttendingModel({ layers: 2, heads: 3 });
});

async function explain(params: unknown = {}, text = 'a b cdefg') {
  const { output } = await runExplainer(attention, model, { input: { text }, params });
  const [tensor] = output.tensors ?? [];
  if (tensor === undefined) throw new Error('no tensor');
  return { output, tensor, result: output.result as AttentionResult };
}

describe('attention', () => {
  it('keeps what the model attended to, bit for bit where exact', async () => {
    const { tensor, result, output } = await explain({ encoding: 'exact' });
    // [CLS] a b cdef ##g [SEP]
    expect(tensor).toMatchObject({ name: 'attention', shape: [2, 3, 6, 6], dtype: 'f32', maxAbsError: 0 });
    const computed = (await model.attend(model.encode('a b cdefg').ids)).flatMap(({ probabilities }) => [...probabilities]);
    expect([...tensor.data]).toEqual([...Float32Array.from(computed)]);
    expect(result.queries).toEqual([0, 1, 2, 3, 4, 5]);
    expect(result.layers.map(({ layer, heads }) => [layer, heads.map(({ head }) => head)])).toEqual([
      [0, [0, 1, 2]],
      [1, [0, 1, 2]],
    ]);
    expect(output.features).toEqual([
      { text: '[CLS]', span: [0, 0], tokens: [0] },
      { text: 'a', span: [0, 1], tokens: [1] },
      { text: 'b', span: [2, 3], tokens: [2] },
      { text: 'cdef', span: [4, 8], tokens: [3] },
      { text: 'g', span: [8, 9], tokens: [4] },
      { text: '[SEP]', span: [0, 0], tokens: [5] },
    ]);
  });

  it('keeps a byte for each number by default, and says how far off it is', async () => {
    const exact = await explain({ encoding: 'exact' });
    const { tensor } = await explain();
    expect(tensor).toMatchObject({ dtype: 'u8-sqrt', shape: [2, 3, 6, 6] });
    const errors = Array.from(dequantiseSqrt(tensor.data as Uint8Array), (value, at) => Math.abs(value - (exact.tensor.data[at] ?? NaN)));
    expect(Math.max(...errors)).toBeLessThanOrEqual(tensor.maxAbsError + 1e-7);
    expect(tensor.maxAbsError).toBeLessThan(0.004);
  });

  it('explains no score: no targets, no attributions, the prediction beside it', async () => {
    const { output } = await explain();
    expect(output).toMatchObject({ targets: [], attributions: [], standardErrors: null, evaluations: 1, modelRows: 2, estimated: false });
    expect(output.prediction).toHaveLength(2);
  });

  it('keeps chosen layers, heads and queries, in the order of the model', async () => {
    const all = await explain({ encoding: 'exact' });
    const { tensor, result } = await explain({ layers: [1], heads: [2, 0, 2], queries: [4, 1], encoding: 'exact' });
    expect(tensor.shape).toEqual([1, 2, 2, 6]);
    expect(result).toMatchObject({ queries: [1, 4], keys: 6 });
    expect(result.layers.map(({ layer, heads }) => [layer, heads.map(({ head }) => head)])).toEqual([[1, [0, 2]]]);
    const rowOf = (head: number, query: number) => {
      const start = ((1 * 3 + head) * 6 + query) * 6;
      return [...all.tensor.data.subarray(start, start + 6)];
    };
    expect([...tensor.data]).toEqual([...rowOf(0, 1), ...rowOf(0, 4), ...rowOf(2, 1), ...rowOf(2, 4)]);
  });

  it('keeps the scores before the softmax, whose softmax the probabilities are, with the same summaries', async () => {
    const { tensor, result } = await explain({ space: 'score' });
    const probabilities = await explain({ encoding: 'exact' });
    expect(tensor).toMatchObject({ dtype: 'f32', shape: [2, 3, 6, 6] });
    expect(result).toEqual(probabilities.result);
    for (let row = 0; row < 2 * 3 * 6; row++) {
      const scores = Array.from(tensor.data.subarray(6 * row, 6 * row + 6), Math.exp);
      const sum = scores.reduce((total, one) => total + one, 0);
      scores.forEach((one, key) => expect(one / sum).toBeCloseTo(probabilities.tensor.data[6 * row + key] ?? NaN, 6));
    }
  });

  it('sums heads up over the chosen queries, separators being special tokens behind the first', async () => {
    // Head h of layer l looks at token (l + h) alone: see AttendingModel.
    const looking = new AttendingModel({ layers: 1, heads: 6, rule: (_layer, head, _query, key) => Number(key === head) });
    const { output } = await runExplainer(attention, looking, { input: { text: 'a b cdefg' } });
    const [layer] = (output.result as AttentionResult).layers;
    expect(layer?.heads.map(({ separator, first, pattern }) => [separator, first, pattern])).toEqual([
      [0, 1, 'first'],
      [0, 0, 'local'],
      [0, 0, 'local'],
      [0, 0, 'local'],
      [0, 0, 'local'],
      [1, 0, 'separator'],
    ]);
  });

  it.each([
    [{ layers: [2] }, '/params/layers/0', 'there is no layer 2'],
    [{ heads: [0, 3] }, '/params/heads/1', 'there is no head 3'],
    [{ queries: [6] }, '/params/queries/0', 'there is no query 6'],
    [{ queries: [64] }, '/params/queries/0', 'there is no query 64'],
  ])('refuses %j at %s', async (params, pointer, detail) => {
    await expect(explain(params)).rejects.toMatchObject({ code: 'PARAM_INVALID', pointer, detail: expect.stringContaining(detail) });
  });

  it('refuses a target, since nothing is scored', async () => {
    const asked = runExplainer(attention, model, { input: { text: 'a' }, targets: [{}, { class: 'positive' }] });
    await expect(asked).rejects.toMatchObject({ code: 'PARAM_INVALID', pointer: '/targets/1' });
  });

  it('refuses more than an explanation keeps, and says what to do', () => {
    expect(() => expectRoom(64 * 2 ** 20, 'quantised')).not.toThrow();
    expect(() => expectRoom(64 * 2 ** 20 + 1, 'quantised')).toThrow(
      expect.objectContaining({ code: 'PARAM_INVALID', pointer: '/params', remedy: 'Choose layers, heads or queries.' }),
    );
    expect(() => expectRoom(16 * 2 ** 20, 'exact')).not.toThrow();
    expect(() => expectRoom(16 * 2 ** 20 + 1, 'exact')).toThrow(/65 MiB/);
  });

  it.each([{ encoding: 'exact' }, { space: 'score' }])(
    'is refused with %j where that is too large, before the model runs',
    async (params) => {
      const large = new AttendingModel({ layers: 6, heads: 12, maxTokens: 512 });
      const text = 'a '.repeat(512);
      const refusal = { code: 'PARAM_INVALID', pointer: '/params' };
      const request = { input: { text }, targets: [{}], params: attention.params.parse(params), seed: 1 };
      await expect(attention.plan(request, large)).rejects.toMatchObject(refusal);
      await expect(runExplainer(attention, large, { input: { text }, params })).rejects.toMatchObject(refusal);
      expect(large.modelRows).toBe(0);
      const few = { ...request, params: attention.params.parse({ ...params, heads: [0, 0, 1] }) };
      expect(await attention.plan(few, large)).toMatchObject({ estimatedEvaluations: 1 });
    },
  );

  it('says what the model could not see', async () => {
    const short = new AttendingModel({ layers: 1, heads: 1, maxTokens: 4 });
    const { output } = await runExplainer(attention, short, { input: { text: 'a b c d' } });
    expect(output).toMatchObject({ unexplained: [[4, 7]], warnings: [{ code: 'TOKENS_TRUNCATED' }] });
    expect(output.features).toHaveLength(4);
  });

  it('plans without a pass', async () => {
    const request = { input: { text: 'a b' }, targets: [{}], params: attention.params.parse({}), seed: 1 };
    expect(await attention.plan(request, model)).toMatchObject({ estimatedEvaluations: 1, estimatedModelRows: 1, warnings: [] });
    expect(model.modelRows).toBe(0);
  });

  it('reads texts alone', async () => {
    const table = new GameModel([randomTableGame(2, 1)]);
    const request = { input: { text: 'a' }, targets: [{}], params: attention.params.parse({}), seed: 1 };
    const context = { model: table, cancellation: { aborted: false }, report: () => undefined };
    await expect(attention.explain(request, context)).rejects.toMatchObject({ code: 'METHOD_NOT_APPLICABLE' });
    expect(() => attention.check({ ...request, input: { features: {} } }, model.description)).toThrow(/INPUT_KIND_MISMATCH/);
  });
});
