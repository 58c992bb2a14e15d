import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Platform, type Json } from '../support/platform.js';

const request = {
  method: 'global-importance',
  model: { name: 'german-credit-logistic' },
  input: { dataset: 'german-credit-logistic', rows: [0, 300] },
  target: { class: 1, space: 'log-odds' },
  params: { local: { method: 'permutation-shap', params: { budget: 120 } }, sample: 40, rowsPerPart: 32 },
  seed: 3,
};

let platform: Platform;
beforeAll(async () => {
  platform = await Platform.start();
}, 120_000);
afterAll(async () => {
  await platform.stop();
}, 60_000);

describe('global-importance', () => {
  it('explains rows of a data set in parts', async () => {
    const explanation = await platform.explain(request);
    const result = explanation['result'] as Json;
    expect(result['rows']).toEqual({ asked: 300, explained: 300, failed: [] });
  }, 120_000);
});
