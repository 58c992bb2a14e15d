import { describe, expect, it } from '@jest/globals';
import { EmbeddedModel, FormulaModel, linearFormula, quadraticFormula, runExplainer } from '#testing';
import { saliency } from './saliency.js';

const weights = [2, -3, 0.5];
const linear = () => new FormulaModel([linearFormula([0, 0, 0]), linearFormula(weights, 1)], 3);
const target = { class: 1, space: 'logit' } as const;
/** The class 0 of a text of n tokens has the weight of each number of its rows, 1 … 2n. */
const counting = linearFormula(Array.from({ length: 12 }, (_, at) => at + 1));

describe('saliency of a row', () => {
  it('is the weights of a linear score', async () => {
    const model = linear();
    const { output, progress } = await runExplainer(saliency, model, { input: model.row(1, 2, 4), targets: [target] });
    expect(output.attributions).toEqual([weights]);
    expect(output.targets).toMatchObject([{ class: 'class 1', space: 'logit', score: -1, baseScore: null, completenessGap: null }]);
    expect(output).toMatchObject({ evaluations: 1, budget: 1, modelRows: 2, truncated: false, estimated: false, standardErrors: null });
    expect(output.features).toMatchObject([{ name: 'x0' }, { name: 'x1' }, { name: 'x2' }]);
    expect(progress).toEqual([{ done: 1, total: 1, phase: 'differentiating' }]);
    expect(saliency.result?.parse(output.result)).toEqual({});
  });

  it.each([
    ['sum', [2, -3, 0.5]],
    ['l2', [2, 3, 0.5]],
    ['max-abs', [2, 3, 0.5]],
    ['input-x-gradient', [2, -6, 2]],
  ])('has one number a column as %s says', async (reduce, expected) => {
    const model = linear();
    const { output } = await runExplainer(saliency, model, { input: model.row(1, 2, 4), targets: [target], params: { reduce } });
    expect(output.attributions).toEqual([expected]);
  });

  it('is of every target, and of the difference of two', async () => {
    const model = new FormulaModel([linearFormula([1, 1]), quadraticFormula([1, 2])], 2);
    const targets = [{ class: 0, space: 'logit' }, target, { contrast: [1, 0] as const }];
    const { output } = await runExplainer(saliency, model, { input: model.row(3, 5), targets, params: { keep: ['gradient'] } });
    expect(output.attributions).toEqual([
      [1, 1],
      [6, 20],
      [5, 19],
    ]);
    expect(output.targets[2]).toMatchObject({ class: 'class 1', against: { class: 'class 0', index: 0 } });
    expect(output.tensors?.map(({ name }) => name)).toEqual(['gradient.0', 'gradient.1', 'gradient.2']);
    expect(output.evaluations).toBe(3);
  });

  it('warns of columns that hold codes', async () => {
    const model = new FormulaModel([linearFormula([0, 0]), linearFormula([1, 1])], 2, { coded: [1] });
    const { output } = await runExplainer(saliency, model, { input: model.row(1, 'c'), targets: [target] });
    expect(output.warnings).toMatchObject([{ code: 'CODES_AS_NUMBERS', message: expect.stringContaining('"x1"') as unknown }]);
    expect(output.targets[0]?.score).toBe(3);
  });
});

describe('saliency of a text', () => {
  const ask = (params: unknown, text = 'film badly') =>
    runExplainer(saliency, new EmbeddedModel([counting]), { input: { text }, targets: [{ class: 0, space: 'logit' }], params });

  it('has words by default, whose tokens belong together, as lengths', async () => {
    const { output } = await ask({});
    expect(output.features).toMatchObject([{ tokens: [1] }, { tokens: [2, 3] }]);
    // [CLS] film badl ##y [SEP]: the numbers 3, 4 and 5 … 8.
    expect(output.attributions[0]?.[0]).toBeCloseTo(Math.hypot(3, 4), 12);
    expect(output.attributions[0]?.[1]).toBeCloseTo(Math.hypot(5, 6, 7, 8), 12);
  });

  it('has tokens, special ones too', async () => {
    const { output } = await ask({ players: 'tokens', reduce: 'sum', keep: ['gradient', 'embedding'] });
    expect(output.features).toHaveLength(5);
    expect(output.attributions).toEqual([[3, 7, 11, 15, 19]]);
    expect(output.tensors).toMatchObject([
      { name: 'gradient', shape: [5, 2], dtype: 'f32', maxAbsError: 0 },
      { name: 'embedding', shape: [5, 2] },
    ]);
    expect([...(output.tensors?.[1]?.data ?? [])].slice(0, 2)).toEqual([1, -0]);
  });

  it('is refused where there is nothing to explain', async () => {
    await expect(ask({}, ' ')).rejects.toMatchObject({ code: 'TEXT_EMPTY', pointer: '/input/text' });
    const remedy = 'Send a text with letters or digits, or ask for the players tokens.';
    await expect(ask({}, '?!')).rejects.toMatchObject({ code: 'TEXT_EMPTY', pointer: '/input/text', remedy });
    await expect(ask({ players: 'columns' })).rejects.toMatchObject({ code: 'PLAYERS_UNSUPPORTED', pointer: '/params/players' });
  });

  it('says where a sum is rounding, and nothing but that', async () => {
    const cancelling = linearFormula(Array.from({ length: 12 }, (_, at) => (at % 2 === 0 ? 1 : -1 + 1e-7)));
    const read = async (formula: typeof counting, reduce: string) => {
      const request = { input: { text: 'film badly' }, targets: [{ class: 0, space: 'logit' }], params: { reduce } };
      return (await runExplainer(saliency, new EmbeddedModel([formula]), request)).output.warnings;
    };
    expect(await read(cancelling, 'sum')).toMatchObject([
      { code: 'GRADIENT_CANCELS', message: expect.stringMatching(/target 0 .*rounding.*l2.*input-x-gradient/) as unknown },
    ]);
    const exactly = linearFormula(Array.from({ length: 12 }, (_, at) => (at % 2 === 0 ? 1 : -1)));
    expect((await read(exactly, 'sum')).map(({ code }) => code)).toEqual(['GRADIENT_CANCELS']);
    const nothing = linearFormula(Array.from({ length: 12 }, () => 0));
    expect((await read(nothing, 'sum')).map(({ code }) => code)).toEqual(['GRADIENT_ZERO']);
    expect(await read(cancelling, 'l2')).toEqual([]);
    expect(await read(counting, 'sum')).toEqual([]);
  });

  it('says where the gradient is of a twin', async () => {
    const model = new EmbeddedModel([counting], {}, ['MatMulNBits_3', 'MatMulNBits_9']);
    const { output } = await runExplainer(saliency, model, { input: { text: 'film' }, targets: [{ class: 0, space: 'logit' }] });
    expect(output.warnings).toMatchObject([
      { code: 'GRADIENT_OF_TWIN', message: expect.stringMatching(/^2 products.*MatMulNBits_3/) as unknown },
    ]);
  });
});

describe('saliency', () => {
  it('stops when it is cancelled', async () => {
    const model = linear();
    const run = runExplainer(saliency, model, { input: model.row(1, 2, 4) }, { aborted: true });
    await expect(run).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(model.input?.calls).toEqual([]);
  });

  it('plans without a run', async () => {
    const model = linear();
    const request = { input: model.row(1, 2, 4), targets: [{}, target], params: saliency.params.parse({}), seed: 1 };
    const plan = await saliency.plan(request, model);
    expect(plan).toMatchObject({ estimatedEvaluations: 2, estimatedModelRows: 4, warnings: [] });
    expect(plan.features).toHaveLength(3);
    expect(model.modelRows).toBe(0);
  });

  it('writes the defaults of the task into its parameters', () => {
    const params = saliency.params.parse({});
    expect(saliency.complete?.(params, linear().description)).toMatchObject({ players: 'columns', reduce: 'sum' });
    expect(saliency.complete?.(params, new EmbeddedModel([counting]).description)).toMatchObject({ players: 'words', reduce: 'l2' });
  });
});
