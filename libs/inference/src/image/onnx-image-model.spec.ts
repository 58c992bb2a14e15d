import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { ImageModel, type ImageInput } from '#explainers';
import { buildOnnxModel, readGoldenTensors, type OnnxType } from '#testing';
import { OnnxModels } from '../onnx-models.js';

const project = new URL('../../../../', import.meta.url).pathname;
const models = new OnnxModels();
const closing: (() => Promise<unknown>)[] = [];

afterAll(async () => {
  for (const close of closing) await close();
});

async function openFolder(folder: string, cache: 'use' | 'bypass' = 'bypass') {
  const probe = await models.probe({ folder, name: 'model', version: '1' });
  const opened = await models.open({ folder, description: probe.description });
  closing.push(() => opened.close());
  const model = opened.forRun(cache);
  if (!(model instanceof ImageModel)) throw new Error('an image model');
  return { model, probe, opened };
}

interface Toy {
  readonly shape: readonly (number | string)[];
  readonly type?: OnnxType;
  readonly manifest?: Readonly<Record<string, unknown>>;
  readonly preprocessor?: Readonly<Record<string, unknown>>;
  /** 1 where the graph has channels first, 3 where they are last. */
  readonly channelAxis?: 1 | 3;
}

const image = { scale: 1, mean: 0, std: 1, resample: 'nearest' };
const named = { manifest: 1, classes: ['red', 'green', 'blue'], output: { name: 'logits', kind: 'logits' } };

/** Logits are the sums of each channel. */
async function writeToy({ shape, type = 'float32', manifest, preprocessor, channelAxis = 1 }: Toy): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'vitrine-image-'));
  closing.push(() => rm(folder, { recursive: true }));
  await mkdir(folder, { recursive: true });
  const axes = [1, 2, 3].filter((axis) => axis !== channelAxis);
  const onnx = buildOnnxModel({
    inputs: [{ name: 'pixels', type, shape }],
    outputs: [{ name: 'logits', type, shape: [shape[0] ?? 'rows', 'classes'] }],
    nodes: [{ op: 'ReduceMean', inputs: ['pixels'], outputs: ['logits'], attributes: { axes: { ints: axes }, keepdims: { int: 0 } } }],
  });
  await writeFile(join(folder, 'model.onnx'), onnx);
  if (manifest !== undefined) await writeFile(join(folder, 'model.json'), JSON.stringify(manifest));
  if (preprocessor !== undefined) await writeFile(join(folder, 'preprocessor_config.json'), JSON.stringify(preprocessor));
  return folder;
}

const png = (path: string): ImageInput => ({ mediaType: 'image/png', base64: readFileSync(path).toString('base64') });
const examples = (name: string) => {
  const folder = join(project, 'models', name, 'examples');
  return readdirSync(folder)
    .filter((file) => !file.endsWith('-256.png'))
    .sort()
    .map((file) => ({ file, image: png(join(folder, file)) }));
};

describe('bundled models', () => {
  it.each(['digits-resnet', 'digits-vit'])('%s answers its examples as the reference does', async (name) => {
    const { model, probe } = await openFolder(join(project, 'models', name));
    expect(probe.description).toMatchObject({ task: 'image-classification', features: [], maxTokens: null });
    expect(probe.capabilities.image).toEqual(probe.description.image);
    expect(model.shape).toEqual({ channels: 3, height: 64, width: 64 });
    const shown = examples(name);
    expect(shown).toHaveLength(12);
    const readings = await Promise.all(shown.map(({ image }) => model.read(image)));
    const logits = await model.predict(readings.map(({ input }) => input));
    const golden = readGoldenTensors(`image/${name}.occlusion.safetensors.gz`);
    const expected = golden.get('logits')?.data ?? [];
    [...(golden.get('case_example')?.data ?? [])].forEach((example, row) => {
      for (let at = 0; at < 10; at++) expect(logits[Number(example) * 10 + at]).toBeCloseTo(Number(expected[row * 10 + at]), 4);
    });
    expect(expected).toHaveLength(60);
    // "01-digit-0.png": the first digit of the name is in the picture, and both models see it.
    shown.forEach(({ file }, row) => {
      const own = logits.subarray(row * 10, row * 10 + 10);
      const digits = [...file.slice(9)].filter((character) => /\d/.test(character)).map(Number);
      expect(digits).toContain(own.indexOf(Math.max(...own)));
    });
  });

  it('finds the attention of the transformer, and none in the network of convolutions', async () => {
    const vit = await openFolder(join(project, 'models/digits-vit'));
    expect(vit.probe.capabilities.attention).toMatchObject({ layers: 4, heads: 4, kind: 'self' });
    const resnet = await openFolder(join(project, 'models/digits-resnet'));
    expect(resnet.probe.capabilities.attention).toHaveProperty('reason');
  });
});

describe('OnnxImageModel', () => {
  it('takes rows channel-first whatever the layout of the graph', async () => {
    const first = await openFolder(await writeToy({ shape: ['rows', 3, 2, 2], manifest: { ...named, image } }));
    const last = await openFolder(await writeToy({ shape: ['rows', 2, 2, 3], manifest: { ...named, image }, channelAxis: 3 }));
    const row = Float32Array.of(1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 7);
    expect(first.probe.description.image).toMatchObject({ layout: 'NCHW', height: 2, width: 2, channels: 3 });
    expect(last.probe.description.image).toMatchObject({ layout: 'NHWC', height: 2, width: 2, channels: 3 });
    for (const { model } of [first, last]) expect([...(await model.predict([row]))]).toEqual([1, 2, 4]);
  });

  it('runs one row at a time where the graph fixes one, and any number where it fixes several', async () => {
    const rows = [1, 2, 3, 4, 5].map((value) => new Float32Array(12).fill(value));
    for (const fixed of [1, 2]) {
      const { model } = await openFolder(await writeToy({ shape: [fixed, 3, 2, 2], manifest: { ...named, image } }));
      expect([...(await model.predict(rows))]).toEqual([1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5]);
    }
  });

  it('counts equal rows once, and refuses a row of another size', async () => {
    const { model } = await openFolder(await writeToy({ shape: ['rows', 3, 2, 2], type: 'float64', manifest: { ...named, image } }), 'use');
    const one = new Float32Array(12).fill(1);
    expect([...(await model.predict([one, new Float32Array(12), one.slice()]))]).toEqual([1, 1, 1, 0, 0, 0, 1, 1, 1]);
    expect(model.modelRows).toBe(2);
    expect([...(await model.predict([one]))]).toEqual([1, 1, 1]);
    expect(model.modelRows).toBe(3);
    await expect(model.predict([new Float32Array(11)])).rejects.toMatchObject({ code: 'MODEL_RUN_FAILED' });
    await expect(model.predict([new Float32Array(12).fill(NaN)])).rejects.toMatchObject({ code: 'MODEL_OUTPUT_NON_FINITE' });
  });

  it('normalises a pixel value by channel', async () => {
    const normal = { ...image, scale: 1 / 255, mean: [0.5, 0.25, 0], std: [0.5, 1, 2] };
    const { model } = await openFolder(await writeToy({ shape: ['rows', 3, 2, 2], manifest: { ...named, image: normal } }));
    expect([...model.normalise(0)]).toEqual([-1, -0.25, 0]);
    expect([...model.normalise(127.5)]).toEqual([0, 0.25, 0.25]);
  });
});

describe('what a model reads', () => {
  const labels = { classes: named.classes, output: named.output, manifest: 1 };

  it('is told by preprocessor_config.json', async () => {
    const preprocessor = {
      ...{ do_resize: true, size: { height: 4, width: 6 }, resample: 2, do_rescale: true, rescale_factor: 1 / 255 },
      ...{ do_normalize: true, image_mean: [0.5, 0.5, 0.5], image_std: [0.25, 0.5, 1] },
    };
    const { probe } = await openFolder(await writeToy({ shape: ['rows', 3, 'height', 'width'], manifest: labels, preprocessor }));
    expect(probe.description.image).toEqual({
      ...{ height: 4, width: 6, channels: 3, layout: 'NCHW', scale: 1 / 255, mean: [0.5, 0.5, 0.5], std: [0.25, 0.5, 1] },
      resample: 'bilinear',
    });
    expect(probe.files.map(({ name }) => name)).toContain('preprocessor_config.json');
  });

  const refused = async (toy: Toy, detail: RegExp, remedy: RegExp) => {
    await expect(openFolder(await writeToy(toy))).rejects.toMatchObject({
      code: 'MODEL_UNSUPPORTED',
      detail: expect.stringMatching(detail),
      remedy: expect.stringMatching(remedy),
    });
  };

  it('is not guessed: the remedy has what the graph says', async () => {
    const manifest = { ...labels, task: 'image-classification' };
    await refused({ shape: ['rows', 3, 8, 9] }, /how pixels are normalised/, /"layout":"NCHW","size":\[8,9\],"channels":"RGB"/);
    await refused({ shape: ['rows', 8, 9, 1], manifest, channelAxis: 3 }, /how pixels/, /"layout":"NHWC","size":\[8,9\],"channels":"grey"/);
    await refused({ shape: ['rows', 3, 'h', 'w'], manifest: { ...labels, image } }, /nothing says the size/, /"size"/);
    await refused({ shape: ['rows', 'a', 'b', 'c'], manifest: { ...labels, image } }, /which of its dimensions/, /"layout"/);
  });

  it('has to agree with the graph', async () => {
    const stated = (more: object) => ({ ...labels, image: { ...image, ...more } });
    await refused({ shape: ['rows', 3, 8, 8], manifest: stated({ size: [8, 9] }) }, /width of 8, and 9 is stated/, /model\.json/);
    await refused({ shape: ['rows', 3, 8, 8], manifest: stated({ channels: 'grey' }) }, /channels of 3, and 1 is stated/, /model\.json/);
    await refused({ shape: ['rows', 3, 8, 8], manifest: stated({ mean: [0, 0] }) }, /mean has 2 numbers for 3 channels/, /model\.json/);
    await refused({ shape: ['rows', 12], manifest: stated({ size: [2, 2] }) }, /has the shape \[rows, 12\]/, /channels, height, width/);
    await refused({ shape: ['rows', 3, 8, 8], type: 'int64', manifest: stated({}) }, /holds int64/, /floating-point/);
  });

  it.each([
    [{ do_center_crop: true, crop_size: 224 }, /crops/],
    [{ size: { shortest_edge: 256 } }, /shortest edge/],
    [{ resample: 3 }, /bicubic/],
  ])('is not half of what a processor does: %j', async (preprocessor, detail) => {
    await refused({ shape: ['rows', 3, 8, 8], manifest: labels, preprocessor }, detail, /"image" in model\.json/);
    // Stated in full, the manifest stands for it.
    await openFolder(
      await writeToy({ shape: ['rows', 3, 8, 8], manifest: { ...labels, image: { ...image, size: [8, 8] } }, preprocessor }),
    );
  });
});
