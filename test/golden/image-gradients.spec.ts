import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ImageModel } from '#explainers';
import { OnnxModels, type OpenOnnxModel } from '#inference';
import { readGoldenTensors, readGoldenText } from '#testing';
import { explainWith } from './compare/explain-with.js';
import { compareImageGradients, type ImageGradientReference } from './compare/image-gradients.js';
import { compareLocalisedCases } from './compare/localisation.js';

const project = new URL('../../', import.meta.url).pathname;
let opened: OpenOnnxModel | null = null;

afterEach(async () => {
  await opened?.close();
  opened = null;
});

async function open(name: string): Promise<ImageModel> {
  const folder = join(project, 'models', name);
  const models = new OnnxModels();
  const { description } = await models.probe({ folder, name, version: '1' });
  opened = await models.open({ folder, description });
  const model = opened.forRun('bypass');
  if (model instanceof ImageModel) return model;
  throw new Error('an image model');
}

describe('gradients of pictures', () => {
  it.each([
    ['digits-resnet', 7],
    ['digits-vit', 11],
  ])(
    'and Grad-CAM of %s are those of PyTorch and captum',
    async (name, count) => {
      const model = await open(name);
      const folder = join(project, 'models', name, 'examples');
      const images = readdirSync(folder)
        .filter((file) => !file.endsWith('-256.png'))
        .sort()
        .map((file) => readFileSync(join(folder, file)).toString('base64'));
      const reference = JSON.parse(readGoldenText(`image/${name}.gradients.json`)) as ImageGradientReference;
      const tensors = readGoldenTensors(`image/${name}.gradients.safetensors.gz`);
      const comparisons = await compareImageGradients(name, reference, tensors, images, model, explainWith(model));
      expect(comparisons).toHaveLength(count);
      expect(comparisons.filter(({ ok }) => !ok)).toEqual([]);
    },
    120_000,
  );

  it.each([
    ['digits-resnet', 3],
    ['digits-vit', 5],
  ])(
    'of %s point where those of PyTorch point',
    async (name, methods) => {
      const model = await open(name);
      const stored = readGoldenTensors(`image/${name.replace('digits', 'localisation')}.safetensors.gz`);
      const scenes = readGoldenTensors('image/scenes.safetensors.gz');
      const comparisons = await compareLocalisedCases(name, stored, scenes, model, explainWith(model));
      expect(comparisons).toHaveLength(2 * 7 * methods);
      expect(comparisons.filter(({ ok }) => !ok)).toEqual([]);
    },
    120_000,
  );
});
