import { describe, expect, it } from '@jest/globals';
import { PixelModel, runExplainer } from '#testing';
import type { ImageDescription } from '../contract/model-description.js';
import { occlusion } from './occlusion.js';

const format: ImageDescription = {
  ...{ height: 5, width: 6, channels: 3, layout: 'NCHW', scale: 1 / 255, resample: 'box' },
  ...{ mean: [0.2, 0.4, 0.6], std: [0.5, 0.25, 1] },
};
const input = { image: { mediaType: 'image/png', base64: 'AAAA' } } as const;
const targets = [{ class: 'yes', space: 'logit' }];
const weights = Float64Array.from({ length: 90 }, (_, at) => Math.sin(at + 1));
const linear = (row: Float32Array): number => row.reduce((sum, value, at) => sum + value * (weights[at] ?? 0), 0);
const pixels = Uint8Array.from({ length: 90 }, (_, at) => (at * 53) % 256);

async function explain(params: unknown, { image = format, score = linear, asked = targets } = {}) {
  const model = new PixelModel(pixels, image, score);
  return (await runExplainer(occlusion, model, { input, params, targets: asked })).output;
}

describe('occlusion of a picture', () => {
  it('is for a linear model the weighted sum of what a window hides', async () => {
    const { features, attributions, targets: found, tensors, evaluations, baseline } = await explain({ window: 2, stride: 2 });
    const { input: row } = await new PixelModel(pixels, format, linear).read();
    const drop = (rows: readonly number[], columns: readonly number[]) =>
      [0, 1, 2].reduce((sum, channel) => {
        for (let y = rows[0] ?? 0; y < (rows[1] ?? 0); y++)
          for (let x = columns[0] ?? 0; x < (columns[1] ?? 0); x++)
            sum += (row[channel * 30 + y * 6 + x] ?? NaN) * (weights[channel * 30 + y * 6 + x] ?? 0);
        return sum;
      }, 0);
    expect(features).toHaveLength(9);
    expect(features[0]).toEqual({ name: 'rows 0-1, columns 0-1', rows: [0, 2], columns: [0, 2] });
    expect(features[8]).toEqual({ name: 'rows 4-4, columns 4-5', rows: [4, 5], columns: [4, 6] });
    features.forEach((feature, at) => {
      if (!('rows' in feature)) throw new Error('a region');
      expect(attributions[0]?.[at]).toBeCloseTo(drop(feature.rows, feature.columns), 5);
    });
    // Nothing overlaps and nothing interacts: the drops are all there is.
    expect(found[0]?.completenessGap).toBeCloseTo(0, 5);
    expect(found[0]?.baseScore).toBeCloseTo(0, 5);
    expect(evaluations).toBe(11);
    expect(tensors).toHaveLength(2);
    expect(tensors?.[1]).toMatchObject({ name: 'picture', shape: [5, 6, 3], dtype: 'u8' });
    expect(tensors?.[0]).toMatchObject({ name: 'map', shape: [5, 6], dtype: 'f32' });
    expect(tensors?.[0]?.data[6 * 4 + 5]).toBeCloseTo(attributions[0]?.[8] ?? NaN, 6);
    expect(baseline).toMatchObject({ players: 'windows', masker: 'grey' });
    expect((baseline['pixel'] as number[]).map(Math.round)).toEqual([51, 102, 153]);
  });

  it('gives a pixel the mean drop of the windows that cover it', async () => {
    const { features, attributions, tensors } = await explain({ window: 3, stride: 1 });
    const covering = features.flatMap((feature, at) =>
      'rows' in feature && feature.rows[0] <= 2 && feature.rows[1] > 2 && feature.columns[0] <= 1 && feature.columns[1] > 1 ? [at] : [],
    );
    expect(covering).toHaveLength(6);
    const mean = covering.reduce((sum, at) => sum + (attributions[0]?.[at] ?? NaN), 0) / covering.length;
    expect(tensors?.[0]?.data[2 * 6 + 1]).toBeCloseTo(mean, 5);
    expect(tensors?.[0]?.maxAbsError).toBeLessThan(1e-6);
  });

  it('hides with the middle of the range where the model subtracts no mean', async () => {
    const plain: ImageDescription = { ...format, mean: [0, 0, 0], std: [1, 1, 1] };
    const { baseline } = await explain({ window: 5, stride: 5 }, { image: plain, score: (row) => row[0] ?? NaN });
    expect(baseline).toMatchObject({ pixel: [127.5, 127.5, 127.5], normalised: [0.5, 0.5, 0.5] });
  });

  it('fills in windows of an eighth and half of that, and writes them down', () => {
    const at = (height: number, width: number) =>
      occlusion.complete?.(occlusion.params.parse({}), new PixelModel(pixels, { ...format, height, width }, linear).description);
    expect(at(64, 64)).toMatchObject({ window: 8, stride: 4, players: 'windows', masker: 'grey' });
    expect(at(300, 224)).toMatchObject({ window: 28, stride: 14 });
    expect(at(4, 4)).toMatchObject({ window: 1, stride: 1 });
  });

  it('has a map for each target', async () => {
    const { tensors } = await explain({ window: 2 }, { asked: [...targets, { class: 'no', space: 'logit' }] });
    expect(tensors?.map(({ name }) => name)).toEqual(['map.0', 'map.1', 'picture']);
    expect(new Set(tensors?.[1]?.data)).toEqual(new Set([0]));
  });

  it('plans what it would hide', async () => {
    const request = { input, targets: [{}], params: occlusion.params.parse({ window: 2, stride: 2 }), seed: 1 };
    const plan = await occlusion.plan(request, new PixelModel(pixels, format, linear));
    expect(plan).toMatchObject({ estimatedEvaluations: 11, estimatedModelRows: 11 });
    expect(plan.features).toHaveLength(9);
  });

  it('refuses what does not fit a picture', async () => {
    await expect(explain({ window: 2, stride: 3 })).rejects.toMatchObject({ code: 'PARAM_INVALID', pointer: '/params/stride' });
    await expect(explain({ players: 'words' })).rejects.toMatchObject({
      ...{ code: 'PLAYERS_UNSUPPORTED', pointer: '/params/players', detail: 'an image-classification model has no players words' },
    });
    await expect(explain({ masker: 'delete' })).rejects.toMatchObject({ code: 'MASKER_UNSUPPORTED', pointer: '/params/masker' });
    await expect(explain({ window: 1 }, { image: { ...format, height: 224, width: 224 } })).rejects.toMatchObject({
      ...{ code: 'PLAYERS_TOO_MANY', pointer: '/params/stride' },
    });
    const text = { input: { text: 'a' }, targets: [{}], params: occlusion.params.parse({}), seed: 1 };
    expect(() => occlusion.check(text, new PixelModel(pixels, format, linear).description)).toThrow(/INPUT_KIND_MISMATCH/);
  });
});
