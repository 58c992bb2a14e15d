import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { TabularModel, type Table } from '#explainers';
import { calmModel, hugeAllocationModel, nanModel, readGoldenText, slowModel, writeModelFolder, type ToyModel } from '#testing';
import { readBackground } from '../folder/read-background.js';
import { OnnxModels } from '../onnx-models.js';
import type { ModelProbe } from '../probe/probe-folder.js';

const project = new URL('../../../../', import.meta.url).pathname;
const models = new OnnxModels();
const closing: (() => Promise<void>)[] = [];

async function open(folder: string): Promise<{ readonly model: TabularModel; readonly probe: ModelProbe }> {
  const probe = await models.probe({ folder, name: 'model', version: '1' });
  const opened = await models.open({ folder, description: probe.description });
  closing.push(() => opened.close());
  const model = opened.forRun('use');
  if (!(model instanceof TabularModel)) throw new Error('a tabular model');
  return { model, probe };
}

async function openToy(toy: ToyModel): Promise<TabularModel> {
  const folder = await mkdtemp(join(tmpdir(), 'vitrine-model-'));
  closing.push(() => rm(folder, { recursive: true }));
  await writeModelFolder(folder, toy);
  return (await open(folder)).model;
}

function takeRows(table: Table, rows: readonly number[]): Table {
  const cells = rows.flatMap((row) => [...table.cells.subarray(row * table.columns, (row + 1) * table.columns)]);
  return { rows: rows.length, columns: table.columns, cells: Float64Array.from(cells) };
}

function toyRows(...rows: readonly (readonly [signal: number, other: number, trigger: number])[]): Table {
  return { rows: rows.length, columns: 3, cells: Float64Array.from(rows.flat()) };
}

const sigmoid = (value: number) => 1 / (1 + Math.exp(-value));

afterAll(async () => {
  for (const close of closing) await close();
});

describe('bundled models', () => {
  interface Reference {
    readonly entries: readonly { readonly name: string; readonly rows: readonly number[]; readonly outputs: readonly number[] }[];
  }

  it.each([
    ['adult-lightgbm', true],
    ['german-credit-logistic', false],
  ])('%s answers as the reference does', async (name, batchInvariant) => {
    const reference = JSON.parse(readGoldenText(`tabular/${name}/exact-shapley.json`)) as Reference;
    const entry = reference.entries.find((one) => one.name === 'probability');
    const folder = join(project, 'models', name);
    const { model } = await open(folder);
    const table = await readBackground(folder, 'rows.csv', model.description.features);
    const scores = await model.predict(takeRows(table, entry?.rows ?? []));
    expect(entry?.outputs).toHaveLength(5);
    entry?.outputs.forEach((probability, row) => {
      expect(Math.abs((scores[2 * row + 1] ?? NaN) - probability)).toBeLessThan(1e-6);
      expect(Math.abs((scores[2 * row] ?? NaN) + (scores[2 * row + 1] ?? NaN) - 1)).toBeLessThan(1e-6);
    });
    expect(model.description.batchInvariant).toBe(batchInvariant);
    expect((await model.background()).rows).toBe(100);
  });

  it('answers the same bits through a ZipMap as without one', async () => {
    const { model: plain } = await open(join(project, 'models/adult-lightgbm'));
    const { model: zipped, probe } = await open(join(project, 'test/models/adult-lightgbm-zipmap'));
    const table = await plain.background();
    expect([...(await zipped.predict(table))]).toEqual([...(await plain.predict(table))]);
    expect(probe.capabilities.explained).toEqual({ output: 'probabilities', kind: 'probabilities', tensor: 'lgbmprobabilities' });
    expect((await zipped.background()).rows).toBe(0);
  });

  it('gives a row of trees the same bits in every company', async () => {
    const { model } = await open(join(project, 'models/adult-lightgbm'));
    const table = await model.background();
    const together = await model.predict(table);
    for (const row of [0, 13, 99])
      expect([...(await model.predict(takeRows(table, [row])))]).toEqual([together[2 * row], together[2 * row + 1]]);
  });

  it('repeats itself for a model that is not batch invariant, rows in the same order', async () => {
    const folder = join(project, 'models/german-credit-logistic');
    const [{ model: one }, { model: other }] = [await open(folder), await open(folder)];
    const table = await one.background();
    await other.predict(takeRows(table, [5, 4, 3]));
    expect([...(await other.predict(table))]).toEqual([...(await one.predict(table))]);
  });

  it('marks the columns that the graph reads as whole numbers, and refuses fractions in them', async () => {
    const { model } = await open(join(project, 'models/german-credit-logistic'));
    expect(model.description.features.filter((feature) => feature.integer).map(({ name }) => name)).toEqual([
      'installment_rate',
      'existing_credits',
    ]);
    const row = takeRows(await model.background(), [0]);
    const column = model.description.features.findIndex(({ name }) => name === 'installment_rate');
    row.cells[column] = 2.5;
    await expect(model.predict(row)).rejects.toMatchObject({
      code: 'COLUMN_TYPE',
      detail: expect.stringContaining('2.5 in column installment_rate'),
    });
  });

  it.each([-1, 4, 0.5])('refuses %d as the code of one of four categories', async (code) => {
    const { model } = await open(join(project, 'models/german-credit-logistic'));
    const row = takeRows(await model.background(), [0]);
    row.cells[0] = code;
    await expect(model.predict(row)).rejects.toMatchObject({
      code: 'CATEGORY_UNKNOWN',
      detail: expect.stringContaining('checking_status'),
    });
  });
});

describe('toy models', () => {
  it('answers what the graph computes, each row in its place, equal rows counted once a call', async () => {
    const model = await openToy(calmModel());
    const scores = await model.predict(toyRows([1, 0, 0], [2, -1, 0], [1, 0, 0]));
    [sigmoid(1), sigmoid(1.5), sigmoid(1)].forEach((probability, row) => {
      expect(scores[2 * row + 1]).toBeCloseTo(probability, 6);
      expect(scores[2 * row]).toBeCloseTo(1 - probability, 6);
    });
    expect(model.modelRows).toBe(2);
    expect(await model.predict(toyRows())).toHaveLength(0);
  });

  it('answers more rows than one run takes', async () => {
    const model = await openToy(calmModel());
    const rows = 2500;
    const scores = await model.predict({
      rows,
      columns: 3,
      cells: Float64Array.from({ length: rows * 3 }, (_, at) => (at % 3 === 0 ? at / 3000 : 0)),
    });
    for (const row of [0, 1023, 1024, 2047, 2048, 2499]) expect(scores[2 * row + 1]).toBeCloseTo(sigmoid(row / 1000), 5);
    expect(model.modelRows).toBe(rows);
  });

  it('names row and class of an answer that is no number', async () => {
    const model = await openToy(nanModel());
    const rows = toyRows([1, 0, 0], [1, 0, 0], [2, 0, 1]);
    await expect(model.predict(rows)).rejects.toMatchObject({
      code: 'MODEL_OUTPUT_NON_FINITE',
      detail: 'the model answers NaN for class "no" of row 2',
    });
    expect(await model.predict(toyRows([2, 0, 0]))).toHaveLength(2);
  });

  it('refuses a number that float32 cannot hold', async () => {
    const model = await openToy(calmModel());
    await expect(model.predict(toyRows([1e39, 0, 0]))).rejects.toMatchObject({
      code: 'COLUMN_TYPE',
      detail: expect.stringContaining('1e+39 in column signal'),
    });
  });

  it('refuses rows of another width', async () => {
    const model = await openToy(calmModel());
    await expect(model.predict({ rows: 1, columns: 2, cells: new Float64Array(2) })).rejects.toMatchObject({ code: 'MODEL_RUN_FAILED' });
  });

  it('reports memory that the runtime did not get', async () => {
    const model = await openToy(hugeAllocationModel());
    await expect(model.predict(toyRows([1, 0, 1]))).rejects.toMatchObject({
      code: 'MODEL_RUN_FAILED',
      detail: expect.stringMatching(/Failed to allocate memory/),
    });
  });

  it('is slow without another answer', async () => {
    const [slow, calm] = [await openToy(slowModel()), await openToy(calmModel())];
    const rows = toyRows([0.3, 1, 5], [-2, 0.1, 20]);
    expect([...(await slow.predict(rows))]).toEqual([...(await calm.predict(rows))]);
  });
});
