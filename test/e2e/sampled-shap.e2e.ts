import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readRows } from '../golden/compare/exact-shap.js';
import { Platform, root } from '../support/platform.js';

let platform: Platform;
beforeAll(async () => {
  platform = await Platform.start();
}, 120_000);
afterAll(async () => {
  await platform.stop();
}, 60_000);

interface Reference {
  readonly entries: readonly { readonly name: string; readonly rows: readonly number[]; readonly values: readonly (readonly number[])[] }[];
}

// Fixed before anything was measured: every row of the reference, seeds 1 to 3, budgets from a twentieth to a half of 2^12.
const SEEDS = [1, 2, 3];
const BUDGETS = [200, 700, 2000];

const METHODS = ['kernel-shap', 'permutation-shap'];

describe.each(['adult-lightgbm', 'german-credit-logistic'])('on %s, against exact values made with other software', (model) => {
  it.each(METHODS)(
    '%s is off by what its standard errors say',
    async (method) => {
      const file = join(root, 'test', 'golden', 'tabular', model, 'exact-shapley.json');
      const reference = JSON.parse(await readFile(file, 'utf8')) as Reference;
      const entry = reference.entries.find((one) => one.name === 'probability');
      const rows = await readRows(join(root, 'models', model));
      const scores: number[] = [];
      for (const [index, row] of (entry?.rows ?? []).entries())
        for (const budget of BUDGETS)
          for (const seed of SEEDS) {
            const explanation = await platform.explain({
              method,
              model: { name: model },
              input: { features: rows[row] },
              target: { class: 1, space: 'probability' },
              params: { budget },
              seed,
            });
            expect(explanation).toMatchObject({ estimated: true, budget });
            expect(explanation['evaluations']).toBeLessThanOrEqual(budget);
            const [attributions = []] = explanation['attributions'] as number[][];
            const [errors = []] = explanation['standardErrors'] as number[][];
            attributions.forEach((value, column) =>
              scores.push((value - (entry?.values[index]?.[column] ?? NaN)) / (errors[column] ?? NaN)),
            );
          }
      expect(scores.length).toBe(5 * BUDGETS.length * SEEDS.length * 12);
      const share = (limit: number) => scores.filter((score) => !(Math.abs(score) <= limit)).length / scores.length;
      const spread = Math.sqrt(scores.reduce((total, score) => total + score * score, 0) / scores.length);
      expect(share(3)).toBeLessThanOrEqual(0.01);
      expect(share(5)).toBe(0);
      expect(spread).toBeGreaterThan(0.8);
      expect(spread).toBeLessThan(1.25);
    },
    300_000,
  );
});
