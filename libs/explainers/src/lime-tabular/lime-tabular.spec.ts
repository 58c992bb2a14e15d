import { describe, expect, it } from '@jest/globals';
import { runExplainer, type ToyRequest, type ToyRun } from '#testing';
import { ExplainProblem } from '../contract/explain-problem.js';
import type { ModelDescription } from '../contract/model-description.js';
import { TabularModel, type Table } from '../contract/model.js';
import { limeTabular } from './lime-tabular.js';

const jobs = ['nurse', 'cook', 'clerk', 'pilot'];
const toy: ModelDescription = {
  name: 'toy',
  version: '1',
  sha256: '0'.repeat(64),
  task: 'tabular-regression',
  classes: [],
  multiLabel: false,
  output: { name: 'value', kind: 'value' },
  features: [
    { name: 'age', kind: 'numeric' },
    { name: 'hours', kind: 'numeric' },
    { name: 'job', kind: 'categorical', categories: jobs },
    { name: 'sex', kind: 'categorical', categories: ['f', 'm'] },
  ],
  maxTokens: null,
  maskToken: null,
  backgroundRows: 40,
  batchInvariant: true,
};

/** Ages 20 … 59, hours of few values, three of the four jobs. */
const ownRows = Array.from({ length: 40 }, (_, row) => [20 + row, 10 * (row % 5), row % 3, row % 2]);

class RowModel extends TabularModel {
  readonly outputs = 1;
  modelRows = 0;
  readonly asked: number[][] = [];

  constructor(
    private readonly value: (row: readonly number[]) => number,
    private readonly rows: readonly (readonly number[])[] = ownRows,
    override readonly description: ModelDescription = { ...toy, backgroundRows: rows.length },
  ) {
    super();
  }

  predict({ rows, columns, cells }: Table): Promise<Float64Array> {
    this.modelRows += rows;
    return Promise.resolve(
      Float64Array.from({ length: rows }, (_, row) => {
        const values = [...cells.subarray(row * columns, (row + 1) * columns)];
        this.asked.push(values);
        return this.value(values);
      }),
    );
  }

  background(): Promise<Table> {
    return Promise.resolve({ rows: this.rows.length, columns: 4, cells: Float64Array.from(this.rows.flat()) });
  }
}

const features = { age: 33, hours: 20, job: 'cook', sex: 'm' };
/** Adds up whether the row is in the instance's bins and categories; sex is never read. */
const additive = ([age = 0, hours = 0, job = 0]: readonly number[]): number =>
  0.5 + (age > 29.75 && age <= 39.5 ? 2 : 0) - (hours > 10 && hours <= 20 ? 1 : 0) + (job === 1 ? 0.25 : 0);
const curved = ([age = 0, hours = 0, job = 0]: readonly number[]): number =>
  Math.sin(age / 8) * (job === 1 ? 2 : 1) + (hours * hours) / 800;

async function run(
  value: (row: readonly number[]) => number,
  request: Partial<ToyRequest> = {},
  model = new RowModel(value),
): Promise<ToyRun & { model: RowModel }> {
  return { ...(await runExplainer(limeTabular, model, { input: { features }, ...request })), model };
}

async function refusal(request: Partial<ToyRequest>, model = new RowModel(additive)): Promise<unknown> {
  try {
    await run(additive, request, model);
  } catch (error) {
    if (error instanceof ExplainProblem) return [error.code, error.pointer];
    throw error;
  }
  return 'accepted';
}

describe('lime-tabular', () => {
  it('recovers the weights of a model that adds up the conditions of the row', async () => {
    const { output } = await run(additive, { params: { ridgeAlpha: 1e-6 } });
    expect(output.features).toEqual([
      { name: 'age', value: 33 },
      { name: 'hours', value: 20 },
      { name: 'job', value: 'cook' },
      { name: 'sex', value: 'm' },
    ]);
    expect(output.result).toEqual({ conditions: ['29.75 < age <= 39.50', '10.00 < hours <= 20.00', 'job = cook', 'sex = m'] });
    [2, -1, 0.25, 0].forEach((weight, column) => expect(output.attributions[0]?.[column]).toBeCloseTo(weight, 6));
    expect(output.targets).toEqual([
      expect.objectContaining({ class: null, index: null, space: 'value', score: 1.75, baseScore: expect.closeTo(0.5, 6) }),
    ]);
    expect(output.quality.fidelity?.[0]).toBeCloseTo(1, 9);
    expect(output.warnings).toEqual([]);
  });

  it('keeps every value inside the background', async () => {
    const { model, output } = await run(curved);
    expect(model.asked[0]).toEqual([33, 20, 1, 1]);
    for (const [age = NaN, hours = NaN, job, sex] of model.asked) {
      expect(age >= 20 && age <= 59 && hours >= 0 && hours <= 40).toBe(true);
      expect([0, 1, 2]).toContain(job);
      expect([0, 1]).toContain(sex);
    }
    expect(output).toMatchObject({ evaluations: 5000, modelRows: 5000, budget: 5000, estimated: true, truncated: false });
    expect(output.quality).toMatchObject({ kernelWidth: 1.5, selected: [[0, 1, 2, 3]] });
    expect(output.baseline).toEqual({ discretize: 'quartile', background: { source: 'model', rows: 40 } });
  });

  it('gives a column that the model ignores a weight within its standard error of 0', async () => {
    const z = await Promise.all(
      Array.from({ length: 20 }, async (_, seed) => {
        const { output } = await run(curved, { seed, params: { budget: 500 } });
        return Math.abs((output.attributions[0]?.[3] ?? NaN) / (output.standardErrors?.[0]?.[3] ?? NaN));
      }),
    );
    expect(Math.max(...z)).toBeLessThan(3.5);
  });

  it('repeats itself for the same seed and not for another', async () => {
    const params = { budget: 300, keep: ['neighbourhood'] };
    const [first, again, other] = await Promise.all([1, 1, 2].map((seed) => run(curved, { seed, params })));
    expect(again?.output).toEqual(first?.output);
    expect(other?.output.attributions).not.toEqual(first?.output.attributions);
  });

  it('draws the same rows first, however many there are', async () => {
    const few = await run(curved, { params: { budget: 100 } });
    const many = await run(curved, { params: { budget: 3000 } });
    expect(many.model.asked.slice(0, 100)).toEqual(few.model.asked);
    expect(many.progress.map(({ done }) => done)).toEqual([1025, 2049, 3000]);
  });

  it('keeps the neighbourhood it fitted to', async () => {
    const { output, model } = await run(additive, { params: { budget: 400, keep: ['neighbourhood'] } });
    const [tensor] = output.tensors ?? [];
    expect(tensor).toMatchObject({ name: 'neighbourhood', shape: [400, 4], dtype: 'u8', maxAbsError: 0 });
    model.asked.forEach(([age = NaN, hours = NaN, job, sex], sample) => {
      const same = [age > 29.75 && age <= 39.5, hours > 10 && hours <= 20, job === 1, sex === 1].map(Number);
      expect([...(tensor?.data.subarray(4 * sample, 4 * sample + 4) ?? [])]).toEqual(same);
    });
  });

  it('asks the model once for equal rows and keeps their weight', async () => {
    // Numeric columns of one value each: all that is left to draw are three jobs and two sexes.
    const rows = ownRows.map(([, , job = 0, sex = 0]) => [33, 20, job, sex]);
    const apart = { age: 33, hours: 20, job: 'cook', sex: 'm' };
    const { output, model } = await run(additive, { input: { features: apart } }, new RowModel(additive, rows));
    // Six rows were drawn; the row to be explained is asked for beside them.
    expect(model.asked).toHaveLength(7);
    expect(output).toMatchObject({ evaluations: 7, modelRows: 7, budget: 5000 });
    expect(output.attributions[0]?.[2]).toBeCloseTo(0.25, 2);
    expect(output.standardErrors?.[0]?.[2]).toBeLessThan(0.01);
  });

  it('gives a model of whole numbers nothing else, in the bin that was drawn', async () => {
    const whole = { ...toy, features: toy.features.map((column) => (column.kind === 'numeric' ? { ...column, integer: true } : column)) };
    // 41 ages: the quartiles are whole numbers themselves, which belong to the bin before them.
    const rows = Array.from({ length: 41 }, (_, row) => [20 + row, 10 * (row % 5), row % 3, row % 2]);
    const { output, model } = await run(curved, { params: { keep: ['neighbourhood'], budget: 2000 } }, new RowModel(curved, rows, whole));
    expect(output.result).toMatchObject({ conditions: expect.arrayContaining(['30.00 < age <= 40.00']) });
    expect(model.asked.flat().every(Number.isInteger)).toBe(true);
    expect(new Set(model.asked.map(([age]) => age)).size).toBe(41);
    model.asked.forEach(([age = NaN, hours = NaN], sample) => {
      const same = [age > 30 && age <= 40, hours > 10 && hours <= 20].map(Number);
      expect([...(output.tensors?.[0]?.data.subarray(4 * sample, 4 * sample + 2) ?? [])]).toEqual(same);
    });
    expect(output.warnings.map(({ code }) => code)).toContain('WHOLE_NUMBERS');
  });

  it('learns from the background of the request', async () => {
    const rows = [20, 25, 31, 40, 50].map((age, row) => ({ age, hours: 20 + row, job: jobs[row % 2] ?? '', sex: row % 2 }));
    const { output } = await run(curved, { params: { background: { rows } } }, new RowModel(curved, []));
    expect(output.baseline).toEqual({ discretize: 'quartile', background: { source: 'request', rows: 5 } });
    expect(output.result).toEqual({ conditions: ['31.00 < age <= 40.00', 'hours <= 21.00', 'job = cook', 'sex = m'] });
  });

  it('names the conditions that the background can tell nothing about', async () => {
    const rows = ownRows.map(([age = 0, hours = 0, job = 0]) => [age, hours, job, 1]);
    const { output } = await run(additive, { input: { features: { ...features, job: 'pilot' } } }, new RowModel(additive, rows));
    expect(output.warnings.map(({ code, message }) => [code, message.split(': ')[1]?.split('. ')[0]])).toEqual([
      ['CONDITION_NEVER', 'job = pilot'],
      ['CONDITION_ALWAYS', 'sex = m'],
    ]);
    expect(output.attributions[0]?.[3]).toBeCloseTo(0, 12);
  });

  it('warns where the linear model misses the row itself', async () => {
    const peak = ([age = 0, hours = 0]: readonly number[]): number => (age === 33 && hours === 20 ? 10 : hours / 40);
    const { output } = await run(peak);
    expect(output.warnings.map(({ code }) => code)).toContain('LOCAL_PREDICTION_OFF');
  });

  it('plans without asking the model', async () => {
    const model = new RowModel(additive);
    const request = { input: { features }, targets: [{}], params: limeTabular.params.parse({}), seed: 1 };
    expect(await limeTabular.plan(request, model)).toMatchObject({ estimatedEvaluations: 5000, estimatedModelRows: 5000, warnings: [] });
    expect(model.asked).toEqual([]);
  });

  it('stops when cancelled', async () => {
    const stopped = runExplainer(limeTabular, new RowModel(additive), { input: { features } }, { aborted: true });
    await expect(stopped).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it.each([
    ['a budget too small for the columns', { params: { budget: 5 } }, ['BUDGET_TOO_SMALL', '/params/budget']],
    ['a text', { input: { text: 'hello' } }, ['INPUT_KIND_MISMATCH', '/input']],
    ['a missing column', { input: { features: { age: 1, hours: 1, job: 0 } } }, ['COLUMN_MISSING', '/input/features/sex']],
    ['an unknown category', { input: { features: { ...features, job: 'mayor' } } }, ['CATEGORY_UNKNOWN', '/input/features/job']],
    [
      'an unknown category in the background',
      { params: { background: { rows: [{ ...features, sex: 'x' }] } } },
      ['CATEGORY_UNKNOWN', '/params/background/rows/0/sex'],
    ],
    ['a class of a regression', { targets: [{ class: 1 }] }, ['CLASS_UNKNOWN', '/targets/0/class']],
  ])('refuses %s', async (_, request, expected) => {
    expect(await refusal(request)).toEqual(expected);
  });

  it('needs background rows', async () => {
    expect(await refusal({}, new RowModel(additive, []))).toEqual(['BACKGROUND_MISSING', '/params/background']);
    // The manifest promised rows that are not there.
    expect(await refusal({}, new RowModel(additive, [], toy))).toEqual(['BACKGROUND_MISSING', '/params/background']);
  });

  it.each([{ budget: 0 }, { budget: 1.5 }, { budget: 1e9 }, { kernelWidth: -1 }, { discretize: 'decile' }, { players: 'columns' }])(
    'has no place for %j',
    (params) => {
      expect(limeTabular.params.safeParse(params).success).toBe(false);
    },
  );
});
