import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { explainers, ImageModel, type ImageInput } from '#explainers';
import { OnnxModels } from '#inference';
import { readGoldenTensors, runExplainer } from '#testing';
import { compareImageOcclusion, explainHere } from './compare/image-occlusion.js';

const project = new URL('../../', import.meta.url).pathname;

it.each(['digits-resnet', 'digits-vit'])(
  'occlusion of %s is that of a reference made with other software',
  async (name) => {
    const folder = join(project, 'models', name);
    const models = new OnnxModels();
    const { description } = await models.probe({ folder, name, version: '1' });
    const opened = await models.open({ folder, description });
    try {
      const model = opened.forRun('bypass');
      if (!(model instanceof ImageModel)) throw new Error('an image model');
      const occlusion = explainers.find(({ method }) => method === 'occlusion');
      if (occlusion === undefined || occlusion.reads === 'dataset') throw new Error('no occlusion');
      const images = readdirSync(join(folder, 'examples'))
        .filter((file) => !file.endsWith('-256.png'))
        .sort()
        .map((file) => readFileSync(join(folder, 'examples', file)).toString('base64'));
      const explain = explainHere(async (request) => {
        const { input, target } = request as {
          readonly input: { readonly image: ImageInput };
          readonly target: { readonly class: number };
        };
        return { ...(await runExplainer(occlusion, model, { input, targets: [target] })).output };
      });
      const comparisons = await compareImageOcclusion(name, readGoldenTensors(`image/${name}.occlusion.safetensors.gz`), images, explain);
      expect(comparisons).toHaveLength(14);
      expect(comparisons.filter(({ ok }) => !ok)).toEqual([]);
    } finally {
      await opened.close();
    }
  },
  120_000,
);
