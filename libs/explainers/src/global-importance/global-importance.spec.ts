import { describe, expect, it } from '@jest/globals';
import { GameModel, PieceModel, randomTableGame, runExplainer } from '#testing';
import type { ExplainInput } from '../contract/explainer.js';
import type { DatasetRequest, PartialResult } from '../contract/global-explainer.js';
import type { Model, Table } from '../contract/model.js';
import { ExplainProblem } from '../contract/explain-problem.js';
import { exactShap } from '../exact-shap/exact-shap.js';
import { globalImportance } from './global-importance.js';
import type { ImportanceResult } from './importance-result.js';

type Request = DatasetRequest<unknown>;

const game = randomTableGame(5, 1);
const model = new GameModel([game]);
const names = model.description.features.map(({ name }) => name);
/** Rows of zeros and ones: coalitions of the game. */
const rows = Array.from({ length: 70 }, (_, row): ExplainInput => ({
  features: Object.fromEntries(names.map((name, column) => [name, ((row * 7 + 3) >> column) & 1])),
}));

/** Its description promises background rows, and it has none, once or always. */
class BareModel extends GameModel {
  private asked = 0;

  constructor(private readonly when: (asked: number) => boolean) {
    super([game]);
  }

  override background() {
    const isBare = this.when(this.asked++);
    return isBare ? Promise.resolve({ rows: 0, columns: names.length, cells: new Float64Array(0) }) : super.background();
  }
}

const ask = (count: number, params: object = {}): Request => ({
  input: { dataset: 'rows', version: '1', sha256: '', rows: [0, count] },
  targets: [{}],
  params: globalImportance.params.parse({ local: { method: 'exact-shap' }, rowsPerPart: 16, ...params }),
  seed: 3,
});

async function run(of: Model, request: Request, data: readonly ExplainInput[]) {
  const context = { model: of, cancellation: { aborted: false }, report: () => undefined };
  const partials: PartialResult[] = [];
  for (const part of globalImportance.partition(request, of.description)) {
    const { document, numbers } = await globalImportance.explainPart(request, part, data.slice(...part.rows), context);
    // Between processes a partial result is JSON and bits.
    partials.push({ document: JSON.parse(JSON.stringify(document)) as unknown, numbers });
  }
  const merged = globalImportance.merge(request, of.description, null, partials);
  const output = globalImportance.conclude(request, of.description, merged, { modelRows: 7 });
  return { output, merged, partials, result: output.result as ImportanceResult };
}

describe('global-importance', () => {
  it('is the mean of what the local method says of each row', async () => {
    const { output, result } = await run(model, ask(70), rows);
    const local = await Promise.all(
      rows.map(async (input) => (await runExplainer(exactShap, model, { input })).output.attributions[0] ?? []),
    );
    const mean = (of: (value: number) => number, column: number): number =>
      local.reduce((sum, one) => sum + of(one[column] ?? NaN), 0) / 70;
    names.forEach((_, column) => {
      expect(output.attributions[0]?.[column]).toBeCloseTo(mean(Math.abs, column), 13);
      const found = result.targets[0]?.columns[column];
      expect(found?.mean.value).toBeCloseTo(
        mean((value) => value, column),
        13,
      );
      expect(found?.positive).toBe(local.filter((one) => (one[column] ?? 0) > 1e-12).length);
      expect((found?.positive ?? 0) + (found?.negative ?? 0) + (found?.zero ?? 0)).toBe(70);
      const [low = NaN, high = NaN] = found?.mean.interval ?? [];
      expect(low).toBeLessThan(found?.mean.value ?? NaN);
      expect(high).toBeGreaterThan(found?.mean.value ?? NaN);
    });
    expect(result.rows).toEqual({ asked: 70, explained: 70, failed: [] });
    expect(output).toMatchObject({ evaluations: 70 * 32, modelRows: 7, estimated: false });
    expect(Math.abs(output.targets[0]?.completenessGap ?? NaN)).toBeLessThan(1e-12);
    expect(globalImportance.result?.safeParse(result).success).toBe(true);
  });

  it('says the same for parts of another size, but for the last digits', async () => {
    const [small, large] = [await run(model, ask(70, { rowsPerPart: 3 }), rows), await run(model, ask(70, { rowsPerPart: 70 }), rows)];
    expect(small.result.sample).toEqual(large.result.sample);
    small.result.targets[0]?.columns.forEach((column, index) => {
      const other = large.result.targets[0]?.columns[index];
      expect(column.quantiles).toEqual(other?.quantiles);
      expect(column.meanAbs.value).toBeCloseTo(other?.meanAbs.value ?? NaN, 13);
      expect(column.meanAbs.interval?.[0]).toBeCloseTo(other?.meanAbs.interval?.[0] ?? NaN, 13);
    });
  });

  it('merges to the same bits however the parts are split over calls, and leaves them as they were', async () => {
    const pieces = new PieceModel((tokens) => tokens.length / 3 + (tokens.includes('good') ? 0.1 : 0));
    const texts = ['a good film', 'bad', 'Good good film', '', 'no film', 'good night'].map((text): ExplainInput => ({ text }));
    for (const [of, request, data] of [
      [model, ask(70, { rowsPerPart: 6, replicates: 30, sample: 20 }), rows],
      [pieces, { ...ask(6, { rowsPerPart: 1, replicates: 5 }), targets: [{ space: 'logit' }] }, texts],
    ] as const) {
      const { merged, partials } = await run(of, request, data);
      const untouched = structuredClone(partials);
      for (const size of [1, 2, 5]) {
        let some: PartialResult | null = null;
        for (let from = 0; from < partials.length; from += size) {
          const next: PartialResult = globalImportance.merge(request, of.description, some, partials.slice(from, from + size));
          some = { ...next, document: JSON.parse(JSON.stringify(next.document)) as unknown };
        }
        expect(some).toEqual({ ...merged, document: JSON.parse(JSON.stringify(merged.document)) as unknown });
      }
      expect(partials).toEqual(untouched);
    }
  });

  it('takes no more room for more rows', async () => {
    const many = Array.from({ length: 2100 }, (_, row) => rows[row % 70]).filter((row) => row !== undefined);
    const params = { sample: 10, replicates: 20 };
    const [few, lots] = [await run(model, ask(70, params), rows), await run(model, ask(2100, params), many)];
    expect(lots.merged.numbers.length).toBe(few.merged.numbers.length);
    expect(JSON.stringify(lots.merged.document).length).toBeLessThan(1.2 * JSON.stringify(few.merged.document).length);
  });

  it('states an error only where at least two rows and two replicates tell of one', async () => {
    const errorsOf = async (count: number, replicates: number, seed: number) => {
      const { output, result } = await run(model, { ...ask(count, { replicates }), seed }, rows);
      const found = result.targets[0]?.columns.flatMap((column) => [column.mean.interval, column.meanAbs.interval]) ?? [];
      return { errors: output.standardErrors, intervals: found };
    };
    const none = { errors: null, intervals: names.flatMap(() => [null, null]) };
    for (const [count, replicates] of [
      [1, 200],
      [70, 0],
      [70, 1],
    ] as const)
      expect(await errorsOf(count, replicates, 3)).toEqual(none);
    // One replicate in seven draws neither of two rows, and is none.
    const few = await Promise.all(Array.from({ length: 30 }, (_, seed) => errorsOf(2, 2, seed)));
    for (const one of few) if (one.errors === null) expect(one).toEqual(none);
    const stated = few.filter((one) => one.errors !== null);
    expect(stated.length).toBeGreaterThan(0);
    expect(stated.length).toBeLessThan(30);
    for (const one of stated) expect([...(one.errors ?? []), ...one.intervals].flat().every(Number.isFinite)).toBe(true);
  });

  it('leaves bad rows out, counts them, and ends when none is left', async () => {
    const bad: ExplainInput = { features: { ...(rows[0] as { features: object }).features, [names[0] ?? '']: 'x' } };
    const { output, result } = await run(model, ask(3), [rows[0] ?? bad, bad, rows[2] ?? bad]);
    expect(result.rows).toEqual({ asked: 3, explained: 2, failed: [{ code: 'COLUMN_TYPE', rows: 1 }] });
    expect(output.warnings.map(({ code }) => code)).toEqual(['ROWS_LEFT_OUT']);
    await expect(run(model, ask(2), [bad, bad])).rejects.toMatchObject({ code: 'ROWS_UNEXPLAINED' });
  });

  it('plans without rows that are at fault, and not at all where the model is', async () => {
    const bad: ExplainInput = { features: { ...(rows[0] as { features: object }).features, [names[0] ?? '']: 'x' } };
    const plan = await globalImportance.plan(ask(30), model, [...rows.slice(0, 3), bad]);
    expect(plan).toMatchObject({ estimatedEvaluations: 30 * 32, warnings: [{ code: 'ROWS_LEFT_OUT' }] });
    const context = { model: new BareModel(() => true), cancellation: { aborted: false }, report: () => undefined };
    const noBackground = expect.objectContaining({ code: 'BACKGROUND_MISSING', pointer: '/params/local/params/background' }) as object;
    await expect(globalImportance.plan(ask(30), context.model, rows.slice(0, 3))).rejects.toEqual(noBackground);
    const onceBare = new BareModel((asked) => asked === 1);
    await expect(globalImportance.plan(ask(30), onceBare, rows.slice(0, 3))).rejects.toEqual(noBackground);
    const [part] = globalImportance.partition(ask(30), model.description);
    if (part === undefined) throw new Error('no part');
    await expect(globalImportance.explainPart(ask(30), part, rows.slice(0, 16), context)).rejects.toEqual(noBackground);
  });

  it('counts what a row took before it failed', async () => {
    // A thousand background rows: four coalitions go to the model at a time.
    const background = { rows: Array.from({ length: 1000 }, () => Object.fromEntries(names.map((name) => [name, 0]))) };
    const request = ask(3, { local: { method: 'exact-shap', params: { background } } });
    let asked = 0;
    class FailingModel extends GameModel {
      override async predict(table: Table) {
        // The second row's input is the tenth call, its third lot of coalitions the thirteenth.
        if (++asked === 13) throw new ExplainProblem('MODEL_OUTPUT_NON_FINITE', 'not a number');
        return super.predict(table);
      }
    }
    const { output, result } = await run(new FailingModel([game]), request, rows);
    expect(result.rows).toMatchObject({ explained: 2, failed: [{ code: 'MODEL_OUTPUT_NON_FINITE', rows: 1 }] });
    // The input and the two lots before that were answered.
    expect(output.evaluations).toBe(2 * 32 + 1 + 2 * 4);
  });

  it('reads the background once for all rows of a part', async () => {
    let asked = 0;
    const counting = new BareModel(() => (asked++, false));
    await run(counting, ask(32), rows);
    expect(asked).toBe(2);
  });

  it('puts the words of texts together, in lower case', async () => {
    const pieces = new PieceModel(
      (tokens) => (tokens.includes('good') || tokens.includes('Good') ? 2 : 0) - (tokens.includes('bad') ? 1 : 0),
    );
    const request = { ...ask(3), targets: [{ space: 'logit' }] };
    const { output, result } = await run(pieces, request, [{ text: 'Good film' }, { text: 'bad film' }, { text: 'a good one' }]);
    expect(output).toMatchObject({ features: [], attributions: [[]], targets: [{ class: 'positive' }] });
    const words = result.targets[0]?.words;
    expect(words?.toward).toEqual([expect.objectContaining({ word: 'good', occurrences: 2, missed: 0, mean: 2, total: 4 })]);
    expect(words?.against).toEqual([expect.objectContaining({ word: 'bad', occurrences: 1, mean: -1, interval: null })]);
  });

  it("gives the mean of a word an interval by Student's law, wide where it occurred twice", async () => {
    const pieces = new PieceModel((tokens) => (tokens.includes('good') ? (tokens.includes('film') ? 3 : 1) : 0));
    const texts = [{ text: 'good film' }, { text: 'good day' }];
    const request = { ...ask(2), targets: [{ space: 'logit' }] };
    const { result } = await run(pieces, request, texts);
    const local = await Promise.all(
      texts.map(async (input) => (await runExplainer(exactShap, pieces, { input, targets: request.targets })).output),
    );
    const [one = NaN, other = NaN] = local.map(({ attributions }) => attributions[0]?.[0]);
    const good = result.targets[0]?.words?.toward.find(({ word }) => word === 'good');
    // Two values a and b: mean ± t |a - b| / 2, t = cot(4.5°) for one degree of freedom at 95 %.
    const reach = Math.abs(one - other) / 2 / Math.tan(Math.PI / 40);
    expect(reach).toBeGreaterThan(1);
    expect(good?.interval?.[0]).toBeCloseTo((one + other) / 2 - reach, 10);
    expect(good?.interval?.[1]).toBeCloseTo((one + other) / 2 + reach, 10);
  });

  it('refuses what does not fit before anything runs', () => {
    const check = (request: Request, dataset: { kind: 'tabular' | 'text'; columns: string[] }) => () =>
      globalImportance.check(request, model.description, dataset);
    expect(check(ask(5), { kind: 'tabular', columns: names })).not.toThrow();
    expect(check(ask(5), { kind: 'text', columns: ['text'] })).toThrow(/DATASET_MISMATCH/);
    expect(check(ask(5), { kind: 'tabular', columns: names.slice(1) })).toThrow(/lacks columns/);
    expect(check(ask(1_000_000), { kind: 'tabular', columns: names })).toThrow(/more than 2000 parts/);
    const small = ask(5, { local: { method: 'kernel-shap', params: { budget: 3 } } });
    expect(check(small, { kind: 'tabular', columns: names })).toThrow(expect.objectContaining({ pointer: '/params/local/params/budget' }));
  });
});
