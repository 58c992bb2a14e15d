import { beforeAll, describe, expect, it } from '@jest/globals';
import { localPrincipal } from '#access';
import { canonicalRow, type DatasetBlock, type DatasetShape, type DatasetVersion } from '#catalog';
import { explainers, TabularModel, type ModelDescription, type Table } from '#explainers';
import { chiSquareTail } from '#numeric';
import { ProblemError } from '#platform';
import { RunFailure } from '#runner';
import { MemoryDatabase, MemoryDatasetStore, MemoryNotices } from '#testing';
import { loadBackground, resolveBackgrounds } from './backgrounds.js';
import { datasetReferences } from './dataset-references.js';
import { drawRows } from './draw-rows.js';

const description: ModelDescription = {
  name: 'toy',
  version: '1',
  sha256: '',
  task: 'tabular-regression',
  classes: [],
  multiLabel: false,
  output: { name: 'value', kind: 'value' },
  features: [
    { name: 'age', kind: 'numeric' },
    { name: 'sex', kind: 'categorical', categories: ['f', 'm'] },
    { name: 'hours', kind: 'numeric' },
  ],
  maxTokens: null,
  maskToken: null,
  backgroundRows: 0,
  batchInvariant: true,
};

/** Sums and products of the cells, so that every row of a background leaves its mark on the last bit. */
class Toy extends TabularModel {
  readonly description = description;
  readonly outputs = 1;
  readonly modelRows = 0;
  predict({ rows, columns, cells }: Table): Promise<Float64Array> {
    return Promise.resolve(
      Float64Array.from({ length: rows }, (_, row) => {
        const [age = NaN, sex = NaN, hours = NaN] = cells.subarray(row * columns);
        return Math.sin(age) * (1 + sex) + Math.sqrt(hours) * age;
      }),
    );
  }
  background(): Promise<Table> {
    return Promise.reject(new Error('has none of its own'));
  }
}

const store = new MemoryDatasetStore(new MemoryDatabase(new MemoryNotices()));
const tenant = localPrincipal.tenant;
const people: DatasetShape = { kind: 'tabular', columns: description.features, labelColumn: 'paid', modelName: 'toy' };
const rowsOf = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ age: index / 7, sex: index % 3 === 0 ? 'f' : 'm', hours: index * 1.1 }));

async function add(name: string, shape: DatasetShape, lines: readonly string[]): Promise<DatasetVersion> {
  async function* blocks(): AsyncGenerator<DatasetBlock> {
    for (let from = 0; from < lines.length; from += 512) {
      await Promise.resolve();
      const some = lines.slice(from, from + 512);
      yield { rows: some.length, bytes: Buffer.from(some.join('')) };
    }
  }
  const outcome = await store.add(localPrincipal, { ...shape, name, version: null, fileSha256: '' }, blocks());
  if (outcome.kind !== 'added') throw new Error(outcome.kind);
  return outcome.version;
}

beforeAll(async () => {
  for (const count of [40, 2000])
    await add(
      `people-${count}`,
      people,
      rowsOf(count).map(({ age, sex, hours }) => canonicalRow([age, sex, hours], 1)),
    );
  await add('texts', { kind: 'text', columns: [{ name: 'text', kind: 'text' }], labelColumn: null, modelName: null }, [
    canonicalRow(['a']),
  ]);
  await add('narrow', { ...people, columns: description.features.slice(1) }, [canonicalRow(['f', 1], 1)]);
  await add(
    'untyped',
    { ...people, columns: description.features.map(({ name }) => ({ name, kind: name === 'sex' ? 'text' : 'numeric' })) },
    [canonicalRow([1, 'f', 1], 1)],
  );
});

const resolve = (background: object, seed = 5) => resolveBackgrounds(store, tenant, { budget: 64, background }, seed, description);

describe('a background of a data set', () => {
  it.each(['exact-shap', 'kernel-shap', 'occlusion', 'lime-tabular', 'permutation-shap'])(
    'gives %s the same bits as the same rows in the request',
    async (method) => {
      const explainer = explainers.find((one) => one.method === method);
      if (explainer === undefined || explainer.reads === 'dataset') throw new Error(method);
      for (const [name, total, count] of [
        ['people-40', 40, 40],
        ['people-2000', 2000, 30],
      ] as const) {
        const run = async (background: object) => {
          const parsed = explainer.params.parse({
            background,
            ...(method === 'occlusion' || method === 'exact-shap' ? {} : { budget: 64 }),
          });
          const params = await resolveBackgrounds(store, tenant, parsed, 5, description);
          const request = { input: { features: { age: 39.5, sex: 'm', hours: 41 } }, targets: [{}], params, seed: 5 };
          explainer.check(request, description);
          const loaded = await loadBackground(store, tenant, params, description);
          const context = { model: new Toy(), cancellation: { aborted: false }, report: () => undefined };
          return explainer.explain({ ...request, ...loaded }, context);
        };
        const all = rowsOf(total);
        const drawn = drawRows(total, count, 5).map((row) => all[row]);
        const named = await run({ dataset: name, rows: count });
        const given = await run({ rows: drawn });
        expect(named.attributions).toEqual(given.attributions);
        expect(named.targets).toEqual(given.targets);
        expect(named.baseline).toMatchObject({ background: { source: 'dataset', dataset: name, version: '1', rows: count, seed: 5 } });
        const other = await run({ rows: drawn.slice(1) });
        expect(other.attributions).not.toEqual(given.attributions);
      }
    },
  );

  it('is stored with version, hash and seed, at whatever depth, and gives the same rows again', async () => {
    const { sha256 } = (await store.find(tenant, 'people-2000')) ?? {};
    const nested = { local: { params: { background: { dataset: 'people-2000', rows: 3 } } }, other: [1] };
    const params = await resolveBackgrounds(store, tenant, nested, 5, description);
    const background = { dataset: 'people-2000', version: '1', sha256, rows: 3, seed: 5 };
    expect(params).toEqual({ local: { params: { background } }, other: [1] });
    expect(datasetReferences({ input: { text: 'x' }, params })).toEqual([{ dataset: 'people-2000', version: '1', sha256 }]);
    const table = await loadBackground(store, tenant, params, description);
    expect(await loadBackground(store, tenant, await resolve({ ...nested.local.params.background, seed: 5 }, 99), description)).toEqual(
      table,
    );
    expect(await loadBackground(store, tenant, { budget: 1 }, description)).toEqual({});
  });

  it.each([
    [{ dataset: 'nobody', rows: 1 }, 'DATASET_UNKNOWN', '/params/background/dataset'],
    [{ dataset: 'people-40', version: '2', rows: 1 }, 'DATASET_UNKNOWN', '/params/background/version'],
    [{ dataset: 'people-40', rows: 41 }, 'ROWS_OUT_OF_RANGE', '/params/background/rows'],
    [{ dataset: 'texts', rows: 1 }, 'DATASET_MISMATCH', '/params/background/dataset'],
    [{ dataset: 'narrow', rows: 1 }, 'DATASET_MISMATCH', '/params/background/dataset'],
    [{ dataset: 'untyped', rows: 1 }, 'DATASET_MISMATCH', '/params/background/dataset'],
  ])('%j is refused with %s at %s', async (background, code, pointer) => {
    const error = await resolve(background).catch((reason: unknown) => reason);
    if (!(error instanceof ProblemError)) throw new Error('was not refused');
    expect([error.problem.code, error.problem.status, error.problem.errors[0]?.pointer]).toEqual([code, 422, pointer]);
  });

  it('of another tenant is not there, and one that was deleted since ends the run with its code', async () => {
    await expect(
      resolveBackgrounds(store, 'other', { background: { dataset: 'people-40', rows: 1 } }, 1, description),
    ).rejects.toMatchObject({
      problem: { code: 'DATASET_UNKNOWN' },
    });
    await add('short-lived', people, [canonicalRow([1, 'f', 1], 1)]);
    const params = await resolve({ dataset: 'short-lived', rows: 1 });
    await store.delete(localPrincipal, 'short-lived', true);
    const error = await loadBackground(store, tenant, params, description).catch((reason: unknown) => reason);
    expect(error instanceof RunFailure && error.code).toBe('DATASET_GONE');
  });
});

describe('rows that are drawn', () => {
  it('are distinct, ascending, and all of them where all are asked for', () => {
    for (const [total, count] of [
      [1, 1],
      [10, 10],
      [1000, 37],
      [2 ** 31, 1000],
    ] as const) {
      const rows = drawRows(total, count, 3);
      expect(new Set(rows).size).toBe(count);
      expect([...rows].sort((a, b) => a - b)).toEqual(rows);
      expect(rows.every((row) => row >= 0 && row < total)).toBe(true);
    }
    expect(drawRows(5, 5, 1)).toEqual([0, 1, 2, 3, 4]);
    expect(() => drawRows(5, 6, 1)).toThrow(RangeError);
  });

  it('are every subset equally often', () => {
    const seeds = 20_000;
    const counts = new Map<string, number>();
    for (let seed = 0; seed < seeds; seed++) {
      const key = drawRows(5, 2, seed).join();
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    const expected = seeds / 10;
    const statistic = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    expect(counts.size).toBe(10);
    expect(chiSquareTail(statistic, 9)).toBeGreaterThan(1e-3);
  });
});
