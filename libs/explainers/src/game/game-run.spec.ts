import { describe, expect, it } from '@jest/globals';
import { TabularModel, type Table } from '../contract/model.js';
import type { ModelDescription } from '../contract/model-description.js';
import { exactShap } from '../exact-shap/exact-shap.js';
import { runExplainer } from '#testing';

/** Two columns; the probability of the second class is p(x, y). */
class Chance extends TabularModel {
  readonly outputs = 2;
  modelRows = 0;
  readonly description: ModelDescription = {
    name: 'chance',
    version: '1',
    sha256: '',
    task: 'tabular-classification',
    classes: ['no', 'yes'],
    multiLabel: false,
    output: { name: 'probabilities', kind: 'probabilities' },
    features: [
      { name: 'x', kind: 'numeric' },
      { name: 'y', kind: 'numeric' },
    ],
    maxTokens: null,
    maskToken: null,
    backgroundRows: 2,
    batchInvariant: true,
  };
  constructor(private readonly probability: (x: number, y: number) => number) {
    super();
  }
  predict({ rows, cells }: Table): Promise<Float64Array> {
    this.modelRows += rows;
    const outputs = new Float64Array(2 * rows);
    for (let row = 0; row < rows; row++) {
      const p = this.probability(cells[2 * row] ?? NaN, cells[2 * row + 1] ?? NaN);
      outputs.set([1 - p, p], 2 * row);
    }
    return Promise.resolve(outputs);
  }
  background(): Promise<Table> {
    return Promise.resolve({ rows: 2, columns: 2, cells: Float64Array.from([0, 0, 2, 0]) });
  }
}
const logit = (p: number): number => Math.log(p / (1 - p));
const input = { features: { x: 1, y: 1 } };
const chance = (x: number, y: number): number => 0.1 + 0.2 * x + 0.3 * y;

describe('a run of a game', () => {
  it('tells the mean of the log-odds from the log-odds of the mean', async () => {
    const targets = ['probability', 'log-odds', 'link-of-mean'].map((space) => ({ class: 'yes', space }));
    const { output } = await runExplainer(exactShap, new Chance(chance), { input, targets });
    const [probability, odds, link] = output.targets;
    expect(probability?.baseScore).toBeCloseTo((0.1 + 0.5) / 2, 14);
    expect(odds?.baseScore).toBeCloseTo((logit(0.1) + logit(0.5)) / 2, 13);
    expect(link?.baseScore).toBeCloseTo(logit(0.3), 13);
    for (const target of [odds, link]) expect(target?.score).toBeCloseTo(logit(0.6), 13);
    for (const target of output.targets) expect(Math.abs(target.completenessGap ?? NaN)).toBeLessThan(1e-14);
  });

  it('counts a row of the model for every background row', async () => {
    const { output } = await runExplainer(exactShap, new Chance(chance), { input });
    expect(output).toMatchObject({ evaluations: 4, modelRows: 1 + 3 * 2 });
  });

  it('warns of probabilities too near to 0 or 1 for a logarithm', async () => {
    const certain = new Chance((x, y) => (x + y > 0 ? 1 : 0));
    const { output } = await runExplainer(exactShap, certain, { input, targets: [{ class: 'yes', space: 'log-odds' }] });
    expect(output.warnings.map((warning) => warning.code)).toEqual(['LOG_ODDS_CLIPPED']);
    // One for the input, two for each of the three other coalitions.
    expect(output.warnings[0]?.message).toMatch(/^7 probabilities/);
    const plain = await runExplainer(exactShap, certain, { input, targets: [{ class: 'yes', space: 'probability' }] });
    expect(plain.output.warnings).toEqual([]);
  });

  it('explains the class predicted, and names both classes of a contrast', async () => {
    const { output } = await runExplainer(exactShap, new Chance(chance), { input, targets: [{}, { contrast: ['no', 'yes'] }] });
    expect(output.targets[0]).toMatchObject({ class: 'yes', index: 1, space: 'probability' });
    expect(output.targets[0]?.score).toBeCloseTo(0.6, 14);
    expect(output.targets[1]).toMatchObject({ class: 'no', index: 0, against: { class: 'yes', index: 1 }, space: 'log-odds' });
    expect(output.targets[1]?.score).toBeCloseTo(Math.log(0.4 / 0.6), 13);
    expect(output.prediction).toEqual([
      { label: 'no', probability: expect.closeTo(0.4, 14) as unknown },
      { label: 'yes', probability: expect.closeTo(0.6, 14) as unknown },
    ]);
  });

  it('points to the target that cannot be explained', async () => {
    const targets = [{}, { class: 'maybe' }];
    await expect(runExplainer(exactShap, new Chance(chance), { input, targets })).rejects.toMatchObject({
      code: 'CLASS_UNKNOWN',
      pointer: '/targets/1/class',
    });
  });
});
