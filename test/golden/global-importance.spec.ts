import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { TabularModel } from '#explainers';
import { OnnxModels } from '#inference';
import { readRows } from './compare/exact-shap.js';
import { columnsOf, explainDataset } from './compare/global-importance.js';

const project = new URL('../../', import.meta.url).pathname;
const name = 'german-credit-logistic';
/** Rows of the reference that are explained: every one takes all coalitions. */
const ROWS = 2;
const closing: (() => Promise<void>)[] = [];

interface Reference {
  readonly tolerance: { readonly absolute: Readonly<Record<string, number>> };
  readonly entries: readonly { readonly name: string; readonly rows: readonly number[]; readonly values: readonly (readonly number[])[] }[];
}

afterAll(async () => {
  for (const close of closing) await close();
});

describe('global-importance', () => {
  it('has the means of the Shapley values that the reference lists row by row', async () => {
    const folder = join(project, 'models', name);
    const reference = JSON.parse(await readFile(join(project, 'test/golden/tabular', name, 'exact-shapley.json'), 'utf8')) as Reference;
    const entry = reference.entries.find((one) => one.name === 'log-odds');
    const tolerance = reference.tolerance.absolute['log-odds'] ?? 0;
    const models = new OnnxModels();
    const { description } = await models.probe({ folder, name, version: '1' });
    const opened = await models.open({ folder, description });
    closing.push(() => opened.close());
    const model = opened.forRun('bypass');
    if (!(model instanceof TabularModel) || entry === undefined) throw new Error('a tabular model with a reference');
    const all = await readRows(folder);
    const rows = entry.rows.slice(0, ROWS).map((row) => ({ features: all[row] ?? {} }));
    const output = await explainDataset(model, rows, { class: 1, space: 'log-odds' }, { local: { method: 'exact-shap' }, rowsPerPart: 1 });
    const columns = columnsOf(output);
    expect(columns).toHaveLength(description.features.length);
    columns.forEach(({ mean, meanAbs }, column) => {
      const values = entry.values.slice(0, ROWS).map((row) => row[column] ?? NaN);
      const meanOf = (of: (value: number) => number) => values.reduce((sum, value) => sum + of(value), 0) / values.length;
      expect(Math.abs(mean.value - meanOf((value) => value))).toBeLessThanOrEqual(tolerance);
      expect(Math.abs(meanAbs.value - meanOf(Math.abs))).toBeLessThanOrEqual(tolerance);
    });
  }, 120_000);
});
