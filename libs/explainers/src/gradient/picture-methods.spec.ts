import { describe, expect, it } from '@jest/globals';
import { FormulaInput, PixelModel, runExplainer } from '#testing';
import { attentionRelevance } from '../attention-relevance/attention-relevance.js';
import type { AttentionGradients, InnerGradients, InnerTensors, LayerGradients } from '../contract/differentiable.js';
import type { LocalExplainer } from '../contract/explainer.js';
import type { ImageDescription } from '../contract/model-description.js';
import { gradCam } from '../grad-cam/grad-cam.js';
import { integratedGradients } from '../integrated-gradients/integrated-gradients.js';
import { saliency } from '../saliency/saliency.js';

const side = 4;
const size = side * side;
const format: ImageDescription = {
  ...{ height: side, width: side, channels: 3, layout: 'NCHW', scale: 1 / 255, resample: 'box' },
  ...{ mean: [0.2, 0.4, 0.6], std: [0.5, 0.25, 1] },
};
const weights = Float32Array.from({ length: 3 * size }, (_, at) => Math.sin(at + 1));
const linear = (row: Float32Array): number => row.reduce((sum, value, at) => sum + value * (weights[at] ?? NaN), 0);
const pixels = Uint8Array.from({ length: 3 * size }, (_, at) => (at * 53) % 256);

/** Places of a map [2, 2, 2] and its gradient, whose channels weigh 1 and -2. */
const inner: InnerGradients = {
  ...{ score: 5, tensor: 'map', shape: [2, 2, 2] },
  values: Float32Array.of(1, 2, 3, 4, 1, 1, 1, 1),
  gradients: Float32Array.of(1, 1, 1, 1, -2, -2, -2, -2),
};

class LinearPictures extends PixelModel {
  constructor(
    private readonly found: Partial<InnerGradients> = {},
    private readonly attended: readonly LayerGradients[] = [],
    private readonly standard: string | null = 'map',
  ) {
    super(pixels, format, linear);
  }

  override differentiate(row: Float32Array) {
    const none = { score: () => 0, gradient: (point: Float32Array) => new Float32Array(point.length) };
    return Promise.resolve(new FormulaInput([none, { score: linear, gradient: () => weights }], row, [3, side, side]));
  }

  override innerTensors(): Promise<InnerTensors> {
    const tensors = this.standard === null ? [] : [{ tensor: 'map', operator: 'Relu', shape: [2, 2, 2] }];
    return Promise.resolve({ tensors, standard: this.standard, reason: 'The only one.' });
  }

  override innerGradients(): Promise<InnerGradients> {
    return Promise.resolve({ ...inner, ...this.found });
  }

  override attendBack(): Promise<AttentionGradients> {
    return Promise.resolve({ score: 7, layers: this.attended });
  }
}

const input = { image: { mediaType: 'image/png', base64: 'AAAA' } } as const;
async function explain(explainer: LocalExplainer, model = new LinearPictures(), params: unknown = {}) {
  const { output } = await runExplainer(explainer, model, { input, params, targets: [{ class: 'yes', space: 'logit' }] });
  const tensor = (name: string) => [...(output.tensors?.find((one) => one.name === name)?.data ?? [])];
  return { output, tensor };
}

/** Attention of one head over a class token and patches, each of which looks at the next one alone. */
/** Each token looks at the next one; the gradient is that of the queries of `read`. */
function layer(tokens: number, gradient: number, read: readonly number[] = [...Array(tokens).keys()]): LayerGradients {
  const next = Float32Array.from({ length: tokens * tokens }, (_, at) => (at % tokens === (Math.floor(at / tokens) + 1) % tokens ? 1 : 0));
  return {
    ...{ kind: 'self', layer: 0, operator: 'Softmax', node: 'one', heads: 1, queries: tokens, keys: tokens },
    probabilities: next,
    gradients: Float32Array.from(next, (_, at) => (read.includes(Math.floor(at / tokens)) ? gradient : 0)),
  };
}

describe('methods of gradients over a picture', () => {
  it('show of a linear model the largest weight of each pixel', async () => {
    const { output, tensor } = await explain(saliency);
    const largest = Array.from({ length: size }, (_, pixel) =>
      Math.max(...[0, 1, 2].map((channel) => Math.abs(weights[channel * size + pixel] ?? NaN))),
    );
    expect(tensor('map')).toEqual(largest.map(Math.fround));
    // A cell is a pixel here: there are no more than eight along a side.
    expect(output.attributions[0]).toEqual(largest);
    expect(tensor('picture')).toEqual([...pixels]);
    expect(output.tensors?.find(({ name }) => name === 'picture')).toMatchObject({ shape: [side, side, 3], dtype: 'u8' });
  });

  it('add up to the way from a baseline', async () => {
    const { output, tensor } = await explain(integratedGradients, new LinearPictures(), { baseline: 'white' });
    const [target] = output.targets;
    const sum = tensor('map').reduce((total, value) => total + value, 0);
    expect(sum).toBeCloseTo((target?.score ?? NaN) - (target?.baseScore ?? NaN), 4);
    expect(target?.completenessGap).toBeCloseTo(0, 5);
    expect(output.baseline).toEqual({ baseline: 'white', pixel: 255 });
  });

  it('have no other players than cells, in words that can be read aloud', async () => {
    await expect(explain(saliency, new LinearPictures(), { players: 'words' })).rejects.toMatchObject({
      ...{ code: 'PLAYERS_UNSUPPORTED', detail: 'an image-classification model has no players "words"' },
    });
  });
});

describe('grad-cam of a picture', () => {
  it('weighs channels by their mean gradient, cuts at 0 and enlarges', async () => {
    const { output, tensor } = await explain(gradCam);
    expect(tensor('coarse')).toEqual([-1, 0, 1, 2]);
    const map = tensor('map');
    expect([map[0], map[size - 1], map[size - side]]).toEqual([0, 2, 1]);
    expect(output.attributions[0]).toEqual(map);
    expect(output.targets[0]).toMatchObject({ score: 5, baseScore: null, completenessGap: null });
    expect(output.result).toEqual({ tensor: 'map', reason: 'The only one.', shape: [2, 2, 2] });
    expect(output.warnings).toEqual([]);
  });

  it('leaves out the tokens before the patches', async () => {
    const [values, gradients] = [Float32Array.of(9, 1, 2, 3, 4), Float32Array.of(9, 1, 1, 1, 1)];
    const { tensor } = await explain(gradCam, new LinearPictures({ shape: [5, 1], values, gradients }));
    expect(tensor('coarse')).toEqual([1, 2, 3, 4]);
  });

  it('says so where nothing speaks for the class', async () => {
    const { output, tensor } = await explain(gradCam, new LinearPictures({ values: new Float32Array(8).fill(-1) }), {});
    expect(tensor('map')).toContain(1);
    const nothing = await explain(gradCam, new LinearPictures({ gradients: new Float32Array(8).fill(-1) }));
    expect([output.warnings, nothing.output.warnings]).toMatchObject([[], [{ code: 'NOTHING_POSITIVE' }]]);
    expect(nothing.output.attributions[0]?.every((value) => value === 0)).toBe(true);
  });

  it('takes a feature map by its name, however long', () => {
    const tensor = 'block/'.repeat(1000);
    expect(gradCam.params.safeParse({ tensor })).toMatchObject({ success: true, data: { tensor } });
  });

  it('refuses a map that is not there before anything runs', async () => {
    const request = { input, params: gradCam.params.parse({ tensor: 'other' }), targets: [{ class: 'yes' }] };
    await expect(gradCam.plan(request as never, new LinearPictures())).rejects.toMatchObject({ pointer: '/params/tensor' });
  });

  it('refuses a map that is not there, and tokens that are no grid', async () => {
    await expect(explain(gradCam, new LinearPictures(), { tensor: 'other' })).rejects.toMatchObject({
      code: 'PARAM_INVALID',
      pointer: '/params/tensor',
      remedy: 'Maps: "map".',
    });
    await expect(explain(gradCam, new LinearPictures({}, [], null))).rejects.toMatchObject({ code: 'METHOD_NOT_APPLICABLE' });
    const odd = { shape: [12, 1], values: new Float32Array(12), gradients: new Float32Array(12) };
    await expect(explain(gradCam, new LinearPictures(odd))).rejects.toMatchObject({ code: 'METHOD_NOT_APPLICABLE' });
  });
});

describe('attention-relevance of a picture', () => {
  it('carries what has a positive gradient from the patches to the first token', async () => {
    // R = I + 2 N, then R + 3 N R: the first token has 2 + 3 of the next one and 6 of the one behind.
    const { output, tensor } = await explain(attentionRelevance, new LinearPictures({}, [layer(5, 2), layer(5, 3, [0])]), {
      keep: ['relevance'],
    });
    expect(tensor('coarse')).toEqual([5, 6, 0, 0]);
    expect(tensor('relevance').slice(0, 5)).toEqual([1, 5, 6, 0, 0]);
    expect(output.result).toEqual({ layers: [0, 0], readouts: [0] });
    const against = await explain(attentionRelevance, new LinearPictures({}, [layer(5, -1, [0])]));
    expect(against.tensor('coarse')).toEqual([0, 0, 0, 0]);
  });

  it('is read from the token that the answer is taken from, be it the last', async () => {
    const { output, tensor } = await explain(attentionRelevance, new LinearPictures({}, [layer(5, 2), layer(5, 3, [3])]));
    expect([tensor('coarse'), output.warnings]).toEqual([[0, 0, 1, 5], []]);
    expect(output.result).toEqual({ layers: [0, 0], readouts: [3] });
  });

  it('is the mean of the rows of all patches that the answer is read from', async () => {
    // R - I = 2 N, of which three rows are read: nobody among them looks at the second patch.
    const { output, tensor } = await explain(attentionRelevance, new LinearPictures({}, [layer(4, 2, [1, 2, 3])]));
    [2 / 3, 0, 2 / 3, 2 / 3].forEach((value, at) => expect(tensor('coarse')[at]).toBeCloseTo(value, 6));
    expect(output.result).toEqual({ layers: [0], readouts: [null] });
    expect(output.warnings).toMatchObject([{ code: 'RELEVANCE_OF_SEVERAL', message: expect.stringContaining('from 3 of 4 tokens') }]);
  });

  it.each([12, 13])('refuses %i tokens, which are no grid, with a class token or without', async (tokens) => {
    await expect(explain(attentionRelevance, new LinearPictures({}, [layer(tokens, 1)]))).rejects.toMatchObject({
      code: 'METHOD_NOT_APPLICABLE',
    });
  });
});
