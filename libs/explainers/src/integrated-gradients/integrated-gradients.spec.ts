import { describe, expect, it } from '@jest/globals';
import { EmbeddedModel, FormulaModel, kinkFormula, linearFormula, quadraticFormula, runExplainer, type Formula } from '#testing';
import { integratedGradients } from './integrated-gradients.js';
import type { IntegratedGradientsResult } from './integrated-gradients-result.js';

const flat = (columns: number) => linearFormula(Array.from({ length: columns }, () => 0));
const target = { class: 1, space: 'logit' } as const;
const zero = { baseline: 'zero' } as const;
const pathsOf = (result: unknown) => (result as IntegratedGradientsResult).paths;

function ask(formula: Formula, cells: readonly number[], params: object = zero, background: readonly (readonly number[])[] = []) {
  const model = new FormulaModel([flat(cells.length), formula], cells.length, { background });
  return runExplainer(integratedGradients, model, { input: model.row(...cells), targets: [target], params });
}

describe('integrated gradients of a row', () => {
  it('are weight times difference to the mean of the background, for a linear score', async () => {
    const background = [
      [0, 1, 2],
      [2, 3, 4],
    ];
    const { output } = await ask(linearFormula([2, -3, 4], 1), [3, 5, 1], {}, background);
    [4, -9, -8].forEach((value, at) => expect(output.attributions[0]?.[at]).toBeCloseTo(value, 10));
    expect(output.targets[0]).toMatchObject({ score: -4, baseScore: 9 });
    expect(output.targets[0]?.completenessGap).toBeCloseTo(0, 10);
    expect(output.baseline).toMatchObject({ baseline: 'background-mean' });
    expect(integratedGradients.result?.parse(output.result)).toEqual(output.result);
  });

  it.each([1, 2, 5])('are exact for a quadratic score with %p nodes', async (steps) => {
    // ∂/∂x (x² + 3y² + 2xy) along (t·2, t·5): 2 (2·2t + 2·5t), and 5 (6·5t + 2·2t).
    const { output } = await ask(quadraticFormula([1, 3], 2), [2, 5], { ...zero, steps });
    expect(output.attributions[0]?.[0]).toBeCloseTo(14, 4);
    expect(output.attributions[0]?.[1]).toBeCloseTo(85, 4);
    expect(pathsOf(output.result)).toMatchObject([{ steps, converged: true }]);
    expect(output).toMatchObject({ truncated: false, evaluations: 2 + steps, modelRows: 3 + steps, warnings: [] });
  });

  it('need no gradient at the ends of the path', async () => {
    // The slope of a root at 0 is infinite, and the baseline lies there.
    const root: Formula = {
      score: ([x = NaN]) => Math.sqrt(x),
      gradient: ([x = NaN]) => {
        if (x === 0 || x === 4) throw new RangeError('an end of the path');
        return Float32Array.of(1 / (2 * Math.sqrt(x)));
      },
    };
    const { output } = await ask(root, [4]);
    expect(pathsOf(output.result)).toMatchObject([{ converged: true }]);
    expect(Math.abs((output.attributions[0]?.[0] ?? NaN) - 2)).toBeLessThan(0.012);
  });

  it('call every point by what it is', async () => {
    const model = new FormulaModel([flat(2), linearFormula([1, 2])], 2);
    await runExplainer(integratedGradients, model, { input: model.row(1, 2), targets: [target], params: { ...zero, steps: 2 } });
    const way = ['point 1 of 2 on the way from the baseline', 'point 2 of 2 on the way from the baseline'];
    expect(model.input?.called).toEqual(['the input', 'the baseline', ...way]);
  });

  it('say what is missing where a kink is not resolved', async () => {
    const { output, progress } = await ask(kinkFormula(0.3171, 1000), [1, 2], { ...zero, steps: 5, maxSteps: 12 });
    const [path] = pathsOf(output.result);
    expect(path).toMatchObject({ steps: 12, converged: false });
    expect(path?.tried.map(({ steps }) => steps)).toEqual([5, 10, 12]);
    expect(output).toMatchObject({ truncated: true, evaluations: 29, budget: 29 });
    expect(output.warnings).toMatchObject([{ code: 'PATH_NOT_CONVERGED', message: expect.stringContaining('after 12 steps') }]);
    const { score = NaN, baseScore, completenessGap = NaN } = output.targets[0] ?? {};
    const sum = (output.attributions[0] ?? []).reduce((total, one) => total + one, 0);
    expect((baseScore ?? NaN) + sum + (completenessGap ?? NaN)).toBeCloseTo(score, 9);
    expect(Math.abs(completenessGap ?? NaN)).toBeGreaterThan(path?.tolerance ?? NaN);
    expect(path?.tolerance).toBeCloseTo(1e-3 * 682.9 + 0.01, 6);
    expect(progress.at(-1)).toEqual({ done: 29, total: 29, phase: 'integrating' });
    progress.forEach(({ done, total }) => expect(done).toBeLessThanOrEqual(total));
  });

  it.each([
    [512, 'logit', ' Raise maxSteps.'],
    [4096, 'logit', ' More steps than 4096 are not taken: take another baseline.'],
    [4096, 'probability', ' More steps than 4096 are not taken: take another baseline, or explain the logit.'],
  ])('say what helps beyond %i steps, of a %s', async (maxSteps, space, remedy) => {
    const model = new FormulaModel([flat(2), kinkFormula(0.3171, 1000)], 2);
    const params = { ...zero, steps: maxSteps, maxSteps, relativeTolerance: 0, absoluteTolerance: 0 };
    const { output } = await runExplainer(integratedGradients, model, { input: model.row(1, 2), targets: [{ class: 1, space }], params });
    const [warning] = output.warnings;
    expect([warning?.code, warning?.message.endsWith(` may be.${remedy}`)]).toEqual(['PATH_NOT_CONVERGED', true]);
  });

  it('say so where what is missing is much of a small difference', async () => {
    const { output } = await ask(kinkFormula(0.3171, 0.01), [1, 2], { ...zero, steps: 1 });
    expect(pathsOf(output.result)).toMatchObject([{ steps: 1, converged: true }]);
    expect(output.warnings).toMatchObject([{ code: 'GAP_BESIDE_DIFFERENCE', message: expect.stringContaining('Lower absoluteTolerance') }]);
    const { output: level } = await ask(flat(2), [1, 2], { ...zero, steps: 1 });
    expect(level.warnings).toMatchObject([{ code: 'GRADIENT_ZERO' }]);
  });

  it('double the nodes until the numbers add up, and no further', async () => {
    const { output } = await ask(kinkFormula(0.3171, 1000), [1, 2], { ...zero, steps: 4, maxSteps: 4096, relativeTolerance: 0.01 });
    const [path] = pathsOf(output.result);
    expect(path?.converged).toBe(true);
    const gaps = (path?.tried ?? []).map(({ completenessGap }) => Math.abs(completenessGap) <= (path?.tolerance ?? NaN));
    expect(gaps.length).toBeGreaterThan(1);
    expect(gaps).toEqual(gaps.map((_, at) => at === gaps.length - 1));
    expect(output.evaluations).toBe(2 + (path?.tried ?? []).reduce((sum, { steps }) => sum + steps, 0));
    expect(output).toMatchObject({ truncated: false, warnings: [] });
  });

  it('go a path of their own for every target', async () => {
    const model = new FormulaModel([linearFormula([1, 1]), kinkFormula(0.3171, 1000)], 2);
    const { output } = await runExplainer(integratedGradients, model, {
      input: model.row(1, 2),
      targets: [{ class: 0, space: 'logit' }, target],
      params: { ...zero, steps: 4, maxSteps: 8, keep: ['gradient'] },
    });
    expect(pathsOf(output.result).map(({ converged }) => converged)).toEqual([true, false]);
    expect(output.warnings).toMatchObject([{ message: expect.stringContaining('target 1') }]);
    expect(output).toMatchObject({ truncated: true, evaluations: 6 + 14 });
    expect(output.tensors?.map(({ name }) => name)).toEqual(['gradient.0', 'gradient.1']);
    [...(output.tensors?.[0]?.data ?? [])].forEach((value) => expect(value).toBeCloseTo(1, 6));
  });

  it('need a background row, or another baseline', async () => {
    await expect(ask(linearFormula([1]), [1], {})).rejects.toMatchObject({ code: 'BACKGROUND_MISSING', pointer: '/params/baseline' });
    await expect(ask(linearFormula([1]), [1], { baseline: 'pad' })).rejects.toMatchObject({
      ...{ code: 'PARAM_INVALID', pointer: '/params/baseline' },
      remedy: 'Use one of: background-mean, zero.',
    });
    expect(integratedGradients.params.safeParse({ steps: 64, maxSteps: 32 }).error?.issues).toMatchObject([{ path: ['maxSteps'] }]);
  });

  it('stop between two calls when they are cancelled', async () => {
    const model = new FormulaModel([flat(1), linearFormula([1])], 1);
    const cancellation = { aborted: false };
    const request = { input: model.row(1), targets: [target], params: integratedGradients.params.parse({ ...zero, steps: 64 }), seed: 1 };
    const run = integratedGradients.explain(request, { model, cancellation, report: () => (cancellation.aborted = true) });
    await expect(run).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(model.input?.calls).toEqual([2, 16]);
  });

  it('are planned without a run', async () => {
    const model = new FormulaModel([flat(1), linearFormula([1])], 1);
    const request = { input: model.row(1), targets: [target, {}], params: integratedGradients.params.parse({}), seed: 1 };
    expect(await integratedGradients.plan(request, model)).toMatchObject({ estimatedEvaluations: 68, estimatedModelRows: 70 });
    expect(model.modelRows).toBe(0);
  });
});

describe('integrated gradients of a text', () => {
  const counting = linearFormula(Array.from({ length: 12 }, (_, at) => at + 1));
  const read = (params: object, maskToken: string | null = '[MASK]') =>
    runExplainer(integratedGradients, new EmbeddedModel([counting], { maskToken }), {
      input: { text: 'film badly' },
      targets: [{ class: 0, space: 'logit' }],
      params,
    });

  it.each([
    ['pad', [0, 2, 6, 12, 0], { tokenId: 1 }],
    ['mask', [0, 1, 4, 9, 0], { tokenId: 2 }],
    ['zero', [0, 6, 13, 22, 0], {}],
  ])('begin at %s, and leave special tokens their rows', async (baseline, expected, token) => {
    const { output } = await read({ baseline, players: 'tokens' });
    expected.forEach((value, at) => expect(output.attributions[0]?.[at]).toBeCloseTo(value, 6));
    expect([output.attributions[0]?.[0], output.attributions[0]?.at(-1)]).toEqual([0, 0]);
    expect(output.baseline).toEqual({ baseline, keeps: 'special tokens', ...token });
  });

  it('add the tokens of a word up', async () => {
    const { output } = await read({});
    expect(output.attributions[0]?.map((value) => Math.round(value * 1e5) / 1e5)).toEqual([2, 18]);
    expect(Math.abs(output.targets[0]?.completenessGap ?? NaN)).toBeLessThan(1e-5);
    expect(output.truncated).toBe(false);
  });

  it('add up though marks are no words: these keep their rows', async () => {
    const model = new EmbeddedModel([counting]);
    const { output } = await runExplainer(integratedGradients, model, {
      input: { text: 'film, badly' },
      targets: [{ class: 0, space: 'logit' }],
    });
    const [target] = output.targets;
    expect(Math.abs(target?.completenessGap ?? NaN)).toBeLessThan(1e-5);
    expect((target?.score ?? NaN) - (target?.baseScore ?? NaN)).toBeCloseTo(
      (output.attributions[0] ?? []).reduce((sum, one) => sum + one, 0),
      5,
    );
    expect(output.baseline).toMatchObject({ keeps: 'special tokens, and those of no word' });
  });

  it('have no mask where the tokenizer has none, and no grey', async () => {
    await expect(read({ baseline: 'mask' }, null)).rejects.toMatchObject({ code: 'PARAM_INVALID', remedy: 'Use pad or zero.' });
    await expect(read({ baseline: 'grey' })).rejects.toMatchObject({ pointer: '/params/baseline', remedy: 'Use one of: pad, mask, zero.' });
  });
});
