import { describe, expect, it } from '@jest/globals';
import { FormulaModel, PieceModel, linearFormula, runExplainer } from '#testing';
import type { GateGradients, GradientTarget } from '../contract/differentiable.js';
import type { LayerHeads } from '../contract/model.js';
import { headImportance } from './head-importance.js';

/** Two layers, of two heads and one; the class times a weight is the slope of each gate. */
class GatedModel extends PieceModel {
  readonly differentiated: GradientTarget[] = [];

  constructor() {
    super(() => 1);
  }

  override gatedHeads(): Promise<readonly LayerHeads[]> {
    return Promise.resolve([
      { layer: 0, heads: 2 },
      { layer: 1, heads: 1 },
    ]);
  }

  override gateGradients(_ids: Int32Array, target: GradientTarget): Promise<GateGradients> {
    this.modelRows += 1;
    this.differentiated.push(target);
    const factor = 'index' in target ? 2 * target.index - 1 : NaN;
    return Promise.resolve({
      score: 7 * factor,
      layers: [
        { layer: 0, heads: 2 },
        { layer: 1, heads: 1 },
      ],
      gradients: Float64Array.of(0.5, -2, 3).map((value) => value * factor),
    });
  }
}

const targets = [
  { class: 1, space: 'logit' },
  { class: 0, space: 'logit' },
] as const;

describe('head-importance', () => {
  it('says where its numbers are those of a twin that does not round', async () => {
    class RaisedModel extends GatedModel {
      override listRaised(): Promise<readonly string[]> {
        return Promise.resolve(['MatMulNBits_3']);
      }
    }
    const { output } = await runExplainer(headImportance, new RaisedModel(), { input: { text: 'a film' }, targets });
    expect(output.warnings).toMatchObject([{ code: 'GRADIENT_OF_TWIN', message: expect.stringContaining('MatMulNBits_3') }]);
  });

  it('has the slope of every gate for every target', async () => {
    const { output, progress } = await runExplainer(headImportance, new GatedModel(), { input: { text: 'a film' }, targets });
    expect(output.features).toEqual(['layer 0, head 0', 'layer 0, head 1', 'layer 1, head 0'].map((name) => ({ name, value: null })));
    expect(output.attributions).toEqual([
      [0.5, -2, 3],
      [-0.5, 2, -3],
    ]);
    expect(output.targets).toMatchObject([
      { score: 7, baseScore: null, completenessGap: null },
      { score: -7, baseScore: null },
    ]);
    expect(output).toMatchObject({ evaluations: 2, budget: 2, modelRows: 3, estimated: false, truncated: false, baseline: { gates: 1 } });
    expect(headImportance.result?.parse(output.result)).toEqual({
      layers: [
        { layer: 0, heads: 2 },
        { layer: 1, heads: 1 },
      ],
    });
    expect(progress.map(({ done, total }) => [done, total])).toEqual([
      [1, 2],
      [2, 2],
    ]);
  });

  it('has heads as players, whatever the text holds', async () => {
    expect(headImportance.params.safeParse({ players: 'words' }).success).toBe(false);
    const { output } = await runExplainer(headImportance, new GatedModel(), { input: { text: '?!' }, targets });
    expect(output.features).toHaveLength(3);
  });

  it('stops when it is cancelled, and is planned without a run', async () => {
    const model = new GatedModel();
    await expect(runExplainer(headImportance, model, { input: { text: 'a' }, targets }, { aborted: true })).rejects.toMatchObject({
      code: 'CANCELLED',
    });
    expect(model.differentiated).toEqual([]);
    const request = { input: { text: 'a' }, targets, params: headImportance.params.parse({}), seed: 1 };
    const names = ['layer 0, head 0', 'layer 0, head 1', 'layer 1, head 0'];
    const features = names.map((name) => ({ name, value: null }));
    expect(await headImportance.plan(request, model)).toMatchObject({ estimatedEvaluations: 2, features });
    expect(model.differentiated).toEqual([]);
  });

  it('is refused by models without gradients, and without text', async () => {
    await expect(runExplainer(headImportance, new PieceModel(() => 0), { input: { text: 'a' } })).rejects.toMatchObject({
      code: 'GRADIENT_UNAVAILABLE',
    });
    const rows = new FormulaModel([linearFormula([1]), linearFormula([2])], 1);
    await expect(runExplainer(headImportance, rows, { input: rows.row(1) })).rejects.toMatchObject({ code: 'METHOD_NOT_APPLICABLE' });
  });
});
