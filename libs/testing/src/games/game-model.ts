import { TabularModel, type ModelDescription, type Table } from '#explainers';
import type { ToyGame } from './toy-game.js';

/**
 * A tabular model whose output is a game: a column at 1 is a player present, a column at 0 one absent. Its background is one
 * row of zeros, so that the worth of a coalition is the game's own. Several games make a classifier, one logit each.
 */
export class GameModel extends TabularModel {
  readonly description: ModelDescription;
  readonly outputs: number;
  modelRows = 0;
  /** Rows given to each call so far. */
  readonly calls: number[] = [];

  constructor(private readonly games: readonly ToyGame[]) {
    super();
    const players = games[0]?.players ?? 0;
    this.outputs = games.length;
    this.description = {
      name: games.map((game) => game.name).join(' | '),
      version: '1',
      sha256: '0'.repeat(64),
      task: games.length === 1 ? 'tabular-regression' : 'tabular-classification',
      classes: games.length === 1 ? [] : games.map((_, index) => `game ${index}`),
      multiLabel: false,
      output: { name: 'worth', kind: games.length === 1 ? 'value' : 'logits' },
      features: Array.from({ length: players }, (_, player) => ({ name: `player ${player}`, kind: 'numeric' })),
      maxTokens: null,
      maskToken: null,
      backgroundRows: 1,
      batchInvariant: true,
    };
  }

  /** Every player present. */
  get everyone(): Record<string, number> {
    return Object.fromEntries(this.description.features.map((column) => [column.name, 1]));
  }

  predict({ rows, columns, cells }: Table): Promise<Float64Array> {
    this.modelRows += rows;
    this.calls.push(rows);
    const outputs = new Float64Array(rows * this.outputs);
    for (let row = 0; row < rows; row++) {
      const present = cells.subarray(row * columns, (row + 1) * columns);
      this.games.forEach((game, index) => (outputs[row * this.outputs + index] = game.worth(present)));
    }
    return Promise.resolve(outputs);
  }

  background(): Promise<Table> {
    const columns = this.description.features.length;
    return Promise.resolve({ rows: 1, columns, cells: new Float64Array(columns) });
  }
}
