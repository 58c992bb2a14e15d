import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { TextModel } from '#explainers';
import { OnnxModels } from '#inference';
import { readGoldenTensors, readGoldenText } from '#testing';
import { compareTextAttention, type AttentionReference } from './compare/text-attention.js';

const name = 'sst2-minilm';

it('attention of sst2-minilm and its rollout are those of the model in the library it was trained with', async () => {
  const folder = join(new URL('../../', import.meta.url).pathname, 'models', name);
  const models = new OnnxModels();
  const { description } = await models.probe({ folder, name, version: '1' });
  const opened = await models.open({ folder, description });
  try {
    const model = opened.forRun('bypass');
    if (!(model instanceof TextModel)) throw new Error('a text model');
    const reference = JSON.parse(readGoldenText(`${name}/attention.json`)) as AttentionReference;
    const comparisons = await compareTextAttention(reference, readGoldenTensors(`${name}/attention.safetensors.gz`), model);
    expect(comparisons).toHaveLength(6);
    expect(comparisons.filter(({ ok }) => !ok)).toEqual([]);
  } finally {
    await opened.close();
  }
}, 120_000);
