import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { OnnxModels } from '#inference';
import { explainWith } from './compare/explain-with.js';
import { compareTabularGradients } from './compare/tabular-gradients.js';

const project = new URL('../../', import.meta.url).pathname;

it('integrated gradients and saliency of adult-mlp are those of captum', async () => {
  const folder = join(project, 'models/adult-mlp');
  const models = new OnnxModels();
  const { description } = await models.probe({ folder, name: 'adult-mlp', version: '1' });
  const opened = await models.open({ folder, description });
  try {
    const reference = join(project, 'test/golden/tabular/adult-mlp/integrated-gradients.json');
    const comparisons = await compareTabularGradients(explainWith(opened.forRun('bypass')), reference, folder);
    expect(comparisons.length).toBeGreaterThan(20);
    expect(comparisons.filter(({ ok }) => !ok)).toEqual([]);
  } finally {
    await opened.close();
  }
}, 60_000);
