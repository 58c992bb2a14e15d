import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { LanguageModel } from '#explainers';
import { OnnxModels } from '#inference';
import { readGoldenTensors, readGoldenText } from '#testing';
import { compareGeneration, type GenerationReference } from './compare/generation.js';

const name = 'stories260k';

it.each([
  ['with a cache of keys and values', true],
  ['reading the whole text at every step', false],
])(
  'stories260k generates what it does in the library its weights were converted with, %s',
  async (_what, kvCache) => {
    const folder = join(new URL('../../', import.meta.url).pathname, 'models', name);
    const models = new OnnxModels();
    const { description } = await models.probe({ folder, name, version: '1' });
    const opened = await models.open({ folder, description, kvCache });
    try {
      const model = opened.forRun('bypass');
      if (!(model instanceof LanguageModel)) throw new Error('a language model');
      const reference = JSON.parse(readGoldenText(`${name}/golden.json`)) as GenerationReference;
      const comparisons = await compareGeneration(reference, (file) => readGoldenTensors(`${name}/${file}.gz`), model);
      expect(comparisons).toHaveLength(8);
      expect(comparisons.filter(({ ok }) => !ok)).toEqual([]);
      expect(model.modelRows).toBe(256 + 20);
    } finally {
      await opened.close();
    }
  },
  120_000,
);
