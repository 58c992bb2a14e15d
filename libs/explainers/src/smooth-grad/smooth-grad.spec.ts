import { describe, expect, it } from '@jest/globals';
import { FormulaInput, FormulaModel, linearFormula, PixelModel, quadraticFormula, runExplainer, type FormulaModelOptions } from '#testing';
import { averageGradients } from './average-gradients.js';
import { smoothGrad } from './smooth-grad.js';

const weights = [1, -2, 3];
const cells = [1, 5, 2];
const target = { class: 1, space: 'logit' } as const;
/** A picture of one colour. */
class LevelPicture extends PixelModel {
  constructor() {
    const format = { height: 2, width: 2, channels: 1, layout: 'NCHW', scale: 1, resample: 'box', mean: [0], std: [1] } as const;
    super(new Uint8Array(4), format, () => 1);
  }

  override differentiate(row: Float32Array) {
    const formula = linearFormula([1, 2, 3, 4]);
    return Promise.resolve(new FormulaInput([formula, formula], row, [1, 2, 2]));
  }
}

/** Columns that spread over 4, 8 and 2. */
const background = [
  [-1, 1, 1],
  [3, 9, 3],
];
const make = (options: FormulaModelOptions = { background }) =>
  new FormulaModel([linearFormula([1, 2, 4]), quadraticFormula(weights)], 3, options);

function ask(params: object, seed = 1, targets: readonly object[] = [target]) {
  const model = make();
  return runExplainer(smoothGrad, model, { input: model.row(...cells), targets, params, seed });
}

describe('smooth-grad', () => {
  it('is the mean gradient of noisy copies, as sure as it says', async () => {
    const { output, progress } = await ask({ samples: 400, noise: 0.25 });
    const deviations = [1, 2, 0.5];
    expect(output.baseline).toEqual({ noise: deviations });
    weights.forEach((weight, at) => {
      const error = output.standardErrors?.[0]?.[at] ?? NaN;
      const deviation = deviations[at] ?? NaN;
      // The gradient 2w(x + e) has the spread 2|w| · deviation.
      expect(error / ((2 * Math.abs(weight) * deviation) / 20)).toBeGreaterThan(0.85);
      expect(error / ((2 * Math.abs(weight) * deviation) / 20)).toBeLessThan(1.15);
      expect(Math.abs((output.attributions[0]?.[at] ?? NaN) - 2 * weight * (cells[at] ?? NaN))).toBeLessThan(4 * error);
    });
    expect(output).toMatchObject({ evaluations: 401, budget: 401, modelRows: 402, estimated: true, truncated: false });
    expect(output.targets[0]).toMatchObject({ score: -37, baseScore: null, completenessGap: null });
    expect(progress.at(-1)?.done).toBe(400);
  });

  it('calls every point by what it is', async () => {
    const model = make();
    await runExplainer(smoothGrad, model, { input: model.row(...cells), targets: [target], params: { samples: 18 } });
    expect(model.input?.called).toEqual(['the input', ...Array.from({ length: 18 }, (_, at) => `noisy copy ${at + 1} of 18`)]);
  });

  it('is sure of a linear score, and of no noise', async () => {
    const linear = await ask({ samples: 5 }, 1, [{ class: 0, space: 'logit' }]);
    expect(linear.output).toMatchObject({ attributions: [[1, 2, 4]], standardErrors: [[0, 0, 0]] });
    const still = await ask({ samples: 2, noise: 0 });
    expect(still.output).toMatchObject({ attributions: [[2, -20, 12]], standardErrors: [[0, 0, 0]] });
  });

  it('draws the noise of each column in its own unit, whatever the others hold', async () => {
    const model = make();
    const far = { input: model.row(1, 5e6, 2), targets: [target], params: { samples: 40 }, seed: 3 };
    const [near, output] = [await ask({ samples: 40 }, 3), (await runExplainer(smoothGrad, model, far)).output];
    for (const column of [0, 2]) expect(output.attributions[0]?.[column]).toBe(near.output.attributions[0]?.[column]);
  });

  it('says which columns got none: codes, and those of no spread', async () => {
    const model = make({ background: background.map(([one = 0, , three = 0]) => [one, 5, three]), coded: [2] });
    const { output } = await runExplainer(smoothGrad, model, { input: model.row(1, 5, 'b'), targets: [target], params: { samples: 3 } });
    expect(output.baseline).toEqual({ noise: [0.4, 0, 0] });
    expect(output.warnings).toContainEqual({ code: 'COLUMNS_WITHOUT_NOISE', message: expect.stringMatching(/"x1", "x2"\.$/) });
  });

  it('says so where nothing leaves a range for noise', async () => {
    const bare = make({});
    const none = await runExplainer(smoothGrad, bare, { input: bare.row(...cells), targets: [target], params: { samples: 3 } });
    expect(none.output).toMatchObject({ baseline: { noise: [0, 0, 0] }, warnings: [{ code: 'NO_NOISE' }] });
    const input = { image: { mediaType: 'image/png', base64: 'AAAA' } } as const;
    const level = await runExplainer(smoothGrad, new LevelPicture(), { input, targets: [{ class: 'yes' }], params: { samples: 3 } });
    expect(level.output).toMatchObject({
      baseline: { noise: 0 },
      warnings: [{ code: 'NO_NOISE', message: expect.stringMatching(/^All/) }],
    });
    expect((await ask({ samples: 2, noise: 0 })).output.warnings).toEqual([]);
  });

  it('has the same numbers for the same seed, and others for another', async () => {
    const [first, again, other] = [await ask({ samples: 8 }, 3), await ask({ samples: 8 }, 3), await ask({ samples: 8 }, 4)];
    expect(again.output).toEqual(first.output);
    expect(other.output.attributions).not.toEqual(first.output.attributions);
  });

  it('keeps the mean gradient of every target', async () => {
    const { output } = await ask({ samples: 2, keep: ['gradient'] }, 1, [{ class: 0, space: 'logit' }, target]);
    expect(output.tensors?.map(({ name, shape }) => [name, shape])).toEqual([
      ['gradient.0', [3]],
      ['gradient.1', [3]],
    ]);
    output.attributions[1]?.forEach((value, at) => expect(value).toBeCloseTo(Number(output.tensors?.[1]?.data[at]), 4));
    expect(output.evaluations).toBe(6);
  });

  it('stops when it is cancelled, and is planned without a run', async () => {
    const model = make();
    const cancelled = runExplainer(smoothGrad, model, { input: model.row(...cells) }, { aborted: true });
    await expect(cancelled).rejects.toMatchObject({ code: 'CANCELLED' });
    const plan = { input: model.row(...cells), targets: [target], params: smoothGrad.params.parse({}), seed: 1 };
    expect(await smoothGrad.plan(plan, make())).toMatchObject({ estimatedEvaluations: 51, estimatedModelRows: 53 });
  });
});

describe('the mean of gradients', () => {
  const samples = [Float32Array.of(3, 4), Float32Array.of(5, 12), Float32Array.of(1, 2)];
  const parts = [[[0, 2]]] as const;

  it('has a length, whose error is that of the components along it', () => {
    const { mean, values, standardErrors } = averageGradients(samples, [1, 1], parts, 'l2');
    expect([...mean]).toEqual([3, 6]);
    expect(values[0]).toBeCloseTo(Math.hypot(3, 6), 12);
    const along = samples.map(([one = NaN, other = NaN]) => (3 * one + 6 * other) / Math.hypot(3, 6));
    const middle = along.reduce((sum, one) => sum + one, 0) / 3;
    expect(standardErrors[0]).toBeCloseTo(Math.sqrt(along.reduce((sum, one) => sum + (one - middle) ** 2, 0) / 6), 12);
  });

  it('has a largest size, whose error is that of this number', () => {
    const { values, standardErrors } = averageGradients(samples, [1, 1], parts, 'max-abs');
    expect(values).toEqual([6]);
    expect(standardErrors[0]).toBeCloseTo(Math.sqrt((4 + 36 + 16) / 6), 12);
  });
});
