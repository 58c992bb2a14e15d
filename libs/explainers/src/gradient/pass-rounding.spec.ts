import { describe, expect, it } from '@jest/globals';
import { FormulaInput, PixelModel, runExplainer, type Formula } from '#testing';
import type { GradientTarget, PointGradients } from '../contract/differentiable.js';
import type { ImageDescription } from '../contract/model-description.js';
import { integratedGradients } from '../integrated-gradients/integrated-gradients.js';
import { saliency } from '../saliency/saliency.js';

const format: ImageDescription = {
  ...{ height: 2, width: 2, channels: 3, layout: 'NCHW', scale: 1 / 255, resample: 'box' },
  ...{ mean: [0, 0, 0], std: [1, 1, 1] },
};
const flat: Formula = { score: () => 0, gradient: (point: Float32Array) => new Float32Array(point.length).fill(1) };

/** Remembers what it was asked for. */
class RoundingPictures extends PixelModel {
  readonly asked: GradientTarget[] = [];

  constructor(
    private readonly rounding: readonly string[],
    private readonly formula: Formula = flat,
  ) {
    super(new Uint8Array(12), format, () => 0);
  }

  override listRounding(): Promise<readonly string[]> {
    return Promise.resolve(this.rounding);
  }

  override differentiate(row: Float32Array) {
    const { asked } = this;
    class Remembering extends FormulaInput {
      override evaluate(points: readonly Float32Array[], target: GradientTarget): Promise<PointGradients> {
        asked.push(target);
        return super.evaluate(points, target);
      }
    }
    return Promise.resolve(new Remembering([this.formula, this.formula], row, [3, 2, 2]));
  }
}

const input = { image: { mediaType: 'image/png', base64: 'AAAA' } } as const;
async function explain(rounding: readonly string[], params: unknown) {
  const model = new RoundingPictures(rounding);
  const { output } = await runExplainer(saliency, model, { input, params, targets: [{ class: 'yes', space: 'logit' }] });
  return { asked: model.asked.map(({ straightThrough = false }) => straightThrough), codes: output.warnings.map(({ code }) => code) };
}

describe('straightThrough', () => {
  it('passes what rounds, and the result says so', async () => {
    expect(await explain(['quantise'], { straightThrough: true })).toEqual({ asked: [true], codes: ['STRAIGHT_THROUGH'] });
  });

  it('says how many nodes it passes', async () => {
    const read = async (rounding: readonly string[]) => {
      const request = { input, params: { straightThrough: true }, targets: [{ class: 'yes', space: 'logit' }] };
      return (await runExplainer(saliency, new RoundingPictures(rounding), request)).output.warnings[0]?.message;
    };
    expect(await read(['quantise'])).toMatch(/^1 node of the file rounds what it reads, quantise; /);
    expect(await read(['one', 'two'])).toMatch(/^2 nodes of the file round what they read, such as one; /);
  });

  it('is not to be mended by more steps of a path', async () => {
    const stepped = { score: (point: Float32Array) => Math.round(point[0] ?? NaN), gradient: flat.gradient };
    const model = new RoundingPictures(['quantise'], stepped);
    const params = { straightThrough: true, steps: 2, maxSteps: 4, baseline: 'white' };
    const { output } = await runExplainer(integratedGradients, model, { input, params, targets: [{ class: 'yes', space: 'logit' }] });
    const message = output.warnings.find(({ code }) => code === 'PATH_NOT_CONVERGED')?.message;
    expect(message).toContain('The gradient is approximate');
    expect(message).not.toContain('Raise maxSteps');
  });

  it('is nothing where it is not asked for, or nothing rounds', async () => {
    expect(await explain(['quantise'], {})).toEqual({ asked: [false], codes: [] });
    expect(await explain([], { straightThrough: true })).toEqual({ asked: [false], codes: [] });
  });
});
