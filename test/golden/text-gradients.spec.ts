import { join } from 'node:path';
import { afterEach, expect, it } from '@jest/globals';
import type { Model } from '#explainers';
import { OnnxModels, type OpenOnnxModel } from '#inference';
import { readGoldenTensors, readGoldenText } from '#testing';
import { compareCompleteness } from './compare/completeness.js';
import { explainWith } from './compare/explain-with.js';
import { compareGenerationGradients, type GenerationGradientReference } from './compare/generation-gradients.js';
import { compareTextGradients, type GradientReference } from './compare/gradients.js';

let opened: OpenOnnxModel | null = null;

afterEach(async () => {
  await opened?.close();
  opened = null;
});

async function open(name: string): Promise<Model> {
  const folder = join(new URL('../../', import.meta.url).pathname, 'models', name);
  const models = new OnnxModels();
  const { description } = await models.probe({ folder, name, version: '1' });
  opened = await models.open({ folder, description });
  return opened.forRun('bypass');
}

it('gradients, integrated gradients and relevance of sst2-minilm are those of autograd in float64', async () => {
  const model = await open('sst2-minilm');
  const reference = JSON.parse(readGoldenText('sst2-minilm/gradients.json')) as GradientReference;
  const comparisons = await compareTextGradients(reference, readGoldenTensors('sst2-minilm/gradients.safetensors.gz'), explainWith(model));
  expect(comparisons).toHaveLength(10);
  expect(comparisons.filter(({ ok }) => !ok)).toEqual([]);
}, 120_000);

it('gradients and integrated gradients of tokens that stories260k generates are those of autograd', async () => {
  const model = await open('stories260k');
  const reference = JSON.parse(readGoldenText('stories260k/gradients.json')) as GenerationGradientReference;
  const read = (file: string) => readGoldenTensors(`stories260k/${file.replace('.safetensors', '.gradients.safetensors.gz')}`);
  const comparisons = await compareGenerationGradients(reference, read, explainWith(model));
  expect(comparisons).toHaveLength(5);
  expect(comparisons.filter(({ ok }) => !ok)).toEqual([]);
}, 120_000);

it('integrated gradients of reviews add up', async () => {
  const model = await open('sst2-minilm');
  const { rows } = JSON.parse(readGoldenText('sst2-minilm/predictions.json')) as { readonly rows: readonly { readonly text: string }[] };
  // Short ones: what matters is that the rule ends, not how long a review is.
  const texts = rows.map(({ text }) => text).filter((text) => /^[a-z][a-z' ,.]{20,80}$/.test(text));
  expect(texts.length).toBeGreaterThanOrEqual(5);
  expect(await compareCompleteness(texts.slice(0, 20), explainWith(model))).toMatchObject({ maxAbsError: 0, ok: true });
}, 120_000);
