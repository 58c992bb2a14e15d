import { describe, expect, it } from '@jest/globals';
import { GameModel, PieceModel, dividendGame, runExplainer, type ToyRun } from '#testing';
import type { LayerHeads } from '../contract/model.js';
import { headAblation } from './head-ablation.js';

/** Two layers of two heads and three; the second logit is what `worth` makes of the gates. */
class HeadModel extends PieceModel {
  readonly settings: (readonly number[])[] = [];

  constructor(private readonly worth: (gates: readonly number[]) => number) {
    super(() => 0, { maxTokens: 6 });
  }

  override readHeads(): Promise<readonly LayerHeads[]> {
    return Promise.resolve([
      { layer: 0, heads: 2 },
      { layer: 1, heads: 3 },
    ]);
  }

  override predictGated(_ids: Int32Array, settings: readonly Float64Array[]): Promise<Float64Array> {
    this.modelRows += settings.length;
    this.settings.push(...settings.map((gates) => [...gates]));
    return Promise.resolve(Float64Array.from(settings.flatMap((gates) => [0, this.worth([...gates])])));
  }
}

const weights = [1, 2, 4, 8, 16];
const additive = () => new HeadModel((gates) => gates.reduce((sum, gate, at) => sum + gate * (weights[at] ?? NaN), 0));
const targets = [{ class: 1, space: 'logit' }] as const;

function ablate(model: PieceModel, params: unknown = {}, text = 'a b'): Promise<ToyRun> {
  return runExplainer(headAblation, model, { input: { text }, params, targets });
}

describe('head-ablation', () => {
  it('gives every head the drop of the score without it', async () => {
    const { output } = await ablate(additive());
    expect(output.attributions).toEqual([weights]);
    expect(output.features).toEqual(
      ['layer 0, head 0', 'layer 0, head 1', 'layer 1, head 0', 'layer 1, head 1', 'layer 1, head 2'].map((name) => ({
        name,
        value: null,
      })),
    );
    expect(output.targets[0]).toMatchObject({ score: 31, baseScore: 0, completenessGap: 0 });
    expect(output).toMatchObject({ evaluations: 7, modelRows: 7, budget: 7, standardErrors: null, estimated: false });
    const result = headAblation.result?.parse(output.result);
    expect(result).toMatchObject({ layers: [{ heads: 2 }, { heads: 3 }] });
    expect((result as { sets: unknown[] }).sets[3]).toEqual({
      gates: [{ layer: 1, head: 1, value: 0 }],
      targets: [{ scoreAfter: 23, change: 8 }],
    });
  });

  it('states the gap where one head does the work of another', async () => {
    const { output } = await ablate(new HeadModel(([first = 0, second = 0]) => Math.max(first, second)));
    expect(output.attributions).toEqual([[0, 0, 0, 0, 0]]);
    expect(output.targets[0]).toMatchObject({ score: 1, baseScore: 0, completenessGap: 1 });
  });

  it('switches sets off together, to the values given', async () => {
    const model = additive();
    const sets = [
      [
        { layer: 0, head: 1 },
        { layer: 1, head: 2, value: 0.5 },
      ],
      [{ layer: 1, head: 0, value: 2 }],
    ];
    const { output } = await ablate(model, { sets });
    expect(output.attributions).toEqual([[10, -4]]);
    expect(output.features).toEqual([
      { name: 'layer 0, head 1 and layer 1, head 2 × 0.5', value: null },
      { name: 'layer 1, head 0 × 2', value: null },
    ]);
    expect(model.settings).toEqual([
      [1, 1, 1, 1, 1],
      [1, 0, 2, 1, 0.5],
      [1, 0, 1, 1, 0.5],
      [1, 1, 2, 1, 1],
    ]);
    expect(output.targets[0]?.baseScore).toBe(25);
  });

  it('asks for a single set once, and takes the last value of a head in the base score', async () => {
    expect((await ablate(additive(), { sets: [[{ layer: 0, head: 0 }]] })).output).toMatchObject({ evaluations: 2, attributions: [[1]] });
    const sets = [[{ layer: 0, head: 0 }], [{ layer: 0, head: 0, value: 3 }]];
    expect((await ablate(additive(), { sets })).output.targets[0]?.baseScore).toBe(33);
  });

  it('refuses heads that are not there or stand in a set twice, by their place', async () => {
    const refused = (sets: unknown) => ablate(additive(), { sets });
    await expect(refused([[{ layer: 2, head: 0 }]])).rejects.toMatchObject({
      code: 'PARAM_INVALID',
      pointer: '/params/sets/0/0/layer',
      remedy: 'Use a layer of 0 … 1.',
    });
    await expect(refused([[{ layer: 1, head: 2 }], [{ layer: 0, head: 2 }]])).rejects.toMatchObject({ pointer: '/params/sets/1/0/head' });
    const twice = [
      [
        { layer: 1, head: 2 },
        { layer: 1, head: 2, value: 1 },
      ],
    ];
    const request = { input: { text: 'a' }, targets: [{}], params: headAblation.params.parse({ sets: twice }), seed: 1 };
    expect(() => headAblation.check(request, additive().description)).toThrow(/PARAM_INVALID.*twice/);
  });

  it('refuses models without attention', async () => {
    await expect(ablate(new PieceModel(() => 0))).rejects.toMatchObject({ code: 'ATTENTION_UNAVAILABLE' });
    const model = new GameModel([dividendGame('pair', 2, [])]);
    const rows = runExplainer(headAblation, model, { input: { features: model.everyone } });
    await expect(rows).rejects.toMatchObject({ code: 'METHOD_NOT_APPLICABLE' });
  });

  it('says which part of the text the model did not see', async () => {
    const { output } = await ablate(additive(), {}, 'a b c d e f');
    expect(output.unexplained).toEqual([[8, 11]]);
    expect(output.warnings).toMatchObject([{ code: 'TOKENS_TRUNCATED' }]);
  });

  it('reports what it has done, and stops when it is cancelled', async () => {
    const { progress } = await ablate(additive());
    expect(progress).toEqual([{ done: 7, total: 7, phase: 'evaluating' }]);
    const cancelled = runExplainer(headAblation, additive(), { input: { text: 'a' } }, { aborted: true });
    await expect(cancelled).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it('plans without a prediction', async () => {
    const model = additive();
    const request = { input: { text: 'a b' }, targets: [{}], params: headAblation.params.parse({}), seed: 1 };
    const plan = await headAblation.plan(request, model);
    expect(plan).toMatchObject({ estimatedEvaluations: 7, estimatedModelRows: 7, warnings: [] });
    expect(plan.features).toHaveLength(5);
    expect(model.settings).toEqual([]);
  });

  it.each([
    [[[{ layer: 2, head: 0 }]], '/params/sets/0/0/layer'],
    [[[{ layer: 0, head: 0 }], [{ layer: 1, head: 3 }]], '/params/sets/1/0/head'],
  ])('refuses %j before a job is accepted', (sets, pointer) => {
    const model = additive();
    const request = { input: { text: 'a' }, targets: [{}], params: headAblation.params.parse({ sets }), seed: 1 };
    const known = { layers: [0, 1], heads: 3 };
    expect(() => headAblation.check(request, model.description, known)).toThrow(
      expect.objectContaining({ code: 'PARAM_INVALID', pointer }),
    );
    expect(() => headAblation.check(request, model.description, { layers: [0, 1, 2], heads: null })).not.toThrow();
  });
});
