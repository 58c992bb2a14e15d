import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { everyCoalition } from '#attribution';
import { TabularModel, type Table } from '../contract/model.js';
import type { ModelDescription } from '../contract/model-description.js';
import { gameParams } from './game-params.js';
import { openTabularGame } from './tabular-game.js';

class Recorder extends TabularModel {
  readonly outputs = 1;
  readonly modelRows = 0;
  readonly rows: number[][] = [];
  constructor(
    readonly description: ModelDescription,
    private readonly own: readonly (readonly number[])[],
  ) {
    super();
  }
  predict({ rows, columns, cells }: Table): Promise<Float64Array> {
    for (let row = 0; row < rows; row++) this.rows.push([...cells.subarray(row * columns, (row + 1) * columns)]);
    return Promise.resolve(new Float64Array(rows));
  }
  background(): Promise<Table> {
    return Promise.resolve({ rows: this.own.length, columns: 3, cells: Float64Array.from(this.own.flat()) });
  }
}

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
  backgroundRows: 2,
  batchInvariant: true,
};

async function open(
  params: unknown = {},
  own = [
    [1, 0, 3],
    [10, 1, 30],
  ],
) {
  const model = new Recorder(description, own);
  const request = {
    input: { features: { age: 39, sex: 'm', hours: 40 } },
    targets: [{}],
    params: z.strictObject(gameParams).parse(params),
    seed: 1,
  };
  return { model, game: await openTabularGame(request, model) };
}

describe('openTabularGame', () => {
  it('takes absent columns from each row of the background in turn', async () => {
    const { model, game } = await open();
    expect(game.features).toEqual([
      { name: 'age', value: 39 },
      { name: 'sex', value: 'm' },
      { name: 'hours', value: 40 },
    ]);
    await game.predict(everyCoalition(3), 1, 3);
    expect(model.rows).toEqual([
      [39, 0, 3],
      [39, 1, 30],
      [1, 1, 3],
      [10, 1, 30],
    ]);
    expect(game.rowsPerCoalition).toBe(2);
    expect(game.baseline).toEqual({ players: 'columns', masker: 'background', background: { source: 'model', rows: 2 } });
  });

  it('takes them from rows or from the one row of the request', async () => {
    const rows = await open({ background: { rows: [{ age: 5, sex: 'f', hours: 6 }] } });
    await rows.game.predict(everyCoalition(3), 0, 1);
    expect(rows.model.rows).toEqual([[5, 0, 6]]);
    expect(rows.game.baseline).toMatchObject({ background: { source: 'request', rows: 1 } });
    const one = await open({ masker: 'baseline-row', baseline: { features: { age: 5, sex: 1, hours: 6 } } });
    await one.game.predict(everyCoalition(3), 4, 5);
    expect(one.model.rows).toEqual([[5, 1, 40]]);
    expect(one.game.baseline).toEqual({
      players: 'columns',
      masker: 'baseline-row',
      baseline: { features: { age: 5, sex: 1, hours: 6 } },
    });
  });

  it('lets groups of columns come and go together, and says which columns are in none', async () => {
    const { model, game } = await open({ players: 'groups', groups: [{ name: 'person', columns: ['age', 'sex'] }] });
    expect(game.features).toEqual([{ name: 'person', value: null, columns: ['age', 'sex'] }]);
    await game.predict(everyCoalition(1), 0, 1);
    expect(model.rows).toEqual([
      [1, 0, 40],
      [10, 1, 40],
    ]);
    expect(game.warnings).toEqual([
      expect.objectContaining({ code: 'COLUMNS_UNGROUPED', message: expect.stringContaining('"hours"') as unknown }),
    ]);
  });

  it('predicts the input itself from one row', async () => {
    const { model, game } = await open();
    await game.predictInput();
    expect(model.rows).toEqual([[39, 1, 40]]);
  });

  it('refuses a model whose background turns out to be empty', async () => {
    await expect(open({}, [])).rejects.toMatchObject({ code: 'BACKGROUND_MISSING' });
  });

  it('keeps the rows of one call bounded', async () => {
    const { game } = await open(
      {},
      Array.from({ length: 1000 }, () => [0, 0, 0]),
    );
    expect(game.coalitionsAtATime * game.rowsPerCoalition).toBeLessThanOrEqual(4096);
    expect(
      (
        await open(
          {},
          Array.from({ length: 9000 }, () => [0, 0, 0]),
        )
      ).game.coalitionsAtATime,
    ).toBe(1);
  });
});
