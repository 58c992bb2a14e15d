import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import type { Comparison } from '../golden/compare/comparison.js';
import { compareTabularExactShap, compareTextExactShap } from '../golden/compare/exact-shap.js';
import { Platform, root } from '../support/platform.js';

let platform: Platform;
beforeAll(async () => {
  platform = await Platform.start();
}, 120_000);
afterAll(async () => {
  await platform.stop();
}, 60_000);

const golden = (...path: string[]) => join(root, 'test', 'golden', ...path);

function expectWithinTolerance(comparisons: readonly Comparison[], count: number): void {
  expect(comparisons).toHaveLength(count);
  expect(comparisons.filter((one) => !one.ok)).toEqual([]);
}

describe('exact-shap over REST equals references made with other software', () => {
  it.each(['adult-lightgbm', 'german-credit-logistic'])(
    'on %s',
    async (model) => {
      const explain = (request: unknown) => platform.explain(request);
      expectWithinTolerance(
        await compareTabularExactShap(explain, golden('tabular', model, 'exact-shapley.json'), join(root, 'models', model)),
        15,
      );
    },
    240_000,
  );

  it('on sst2-minilm, for two maskers and three spaces', async () => {
    const explain = (request: unknown) => platform.explain(request);
    expectWithinTolerance(await compareTextExactShap(explain, golden('sst2-minilm', 'exact-shap.json')), 96);
  }, 240_000);
});
