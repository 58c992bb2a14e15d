import { fillTable, type Coalitions } from '#attribution';
import { ExplainProblem } from '../contract/explain-problem.js';
import type { ExplainRequest } from '../contract/explainer.js';
import type { Feature, Warning } from '../contract/explanation.js';
import type { ModelDescription } from '../contract/model-description.js';
import type { TabularModel, Table } from '../contract/model.js';
import { chooseGame } from './choose-game.js';
import type { GameParams } from './game-params.js';
import { describeColumns } from './describe-columns.js';
import type { Game } from './game.js';
import { quote } from './name-choices.js';
import { describeBackground, readBackground } from './read-background.js';
import { readColumnGroups, type ColumnGroup } from './read-groups.js';
import { takeRow } from './take-input.js';

/** Rows given to the model in one call. */
const rowsAtATime = 4096;

/**
 * A row as a game of its columns, or of groups of them.
 *
 * @throws ExplainProblem what `checkGame` throws, and BACKGROUND_MISSING when the model turns out to have no rows
 */
export async function openTabularGame(request: ExplainRequest<GameParams>, model: TabularModel): Promise<Game> {
  const { params } = request;
  const { description } = model;
  const row = takeRow(request.input, description);
  const choice = chooseGame(params, description);
  const groups = choice.players === 'groups' ? readColumnGroups(params.groups ?? [], description.features) : null;
  const background = readBackground(params, description, request.background) ?? (await takeOwnBackground(model));
  const owners = ownColumns(groups, row.length);
  const features = groups === null ? describeColumns(row, description) : groups.map((group) => describeGroup(group, description));
  return {
    model,
    features,
    players: features.map((_, index) => index),
    rowsPerCoalition: background.rows,
    coalitionsAtATime: Math.max(1, Math.floor(rowsAtATime / background.rows)),
    unexplained: [],
    baseline: { players: choice.players, masker: choice.masker, ...describeReference(params, background) },
    warnings: groups === null ? [] : warnOfUngrouped(owners, description),
    predictInput: () => model.predict({ rows: 1, columns: row.length, cells: row }),
    predict: (coalitions, from, to) => model.predict(fillCoalitions(coalitions, from, to, row, background, owners)),
    lateWarnings: () => [],
  };
}

async function takeOwnBackground(model: TabularModel): Promise<Table> {
  const background = await model.background();
  if (background.rows > 0) return background;
  const remedy = 'Send background rows, or use the masker baseline-row.';
  throw new ExplainProblem('BACKGROUND_MISSING', 'the model has no background rows of its own', '/params/background', remedy);
}

/** For each column its player; -1 for a column of no group, which always keeps the input's value. */
function ownColumns(groups: readonly ColumnGroup[] | null, columns: number): Int32Array {
  if (groups === null) return Int32Array.from({ length: columns }, (_, column) => column);
  const owners = new Int32Array(columns).fill(-1);
  groups.forEach((group, index) => {
    for (const column of group.columns) owners[column] = index;
  });
  return owners;
}

function describeGroup({ name, columns }: ColumnGroup, { features }: ModelDescription): Feature {
  return { name, value: null, columns: columns.map((column) => features[column]?.name ?? String(column)) };
}

function describeReference(params: GameParams, background: Table): Readonly<Record<string, unknown>> {
  return params.baseline === undefined ? { background: describeBackground(params, background) } : { baseline: params.baseline };
}

function warnOfUngrouped(owners: Int32Array, { features }: ModelDescription): readonly Warning[] {
  const left = features.filter((_, column) => owners[column] === -1).map((column) => quote(column.name));
  if (left.length === 0) return [];
  return [
    {
      code: 'COLUMNS_UNGROUPED',
      message: `These columns are in no group: they always keep the input's values, and nothing is attributed to them: ${left.join(', ')}.`,
    },
  ];
}

function fillCoalitions(coalitions: Coalitions, from: number, to: number, row: Float64Array, background: Table, owners: Int32Array): Table {
  const present = new Uint8Array(coalitions.players);
  const rows = (to - from) * background.rows;
  const cells = new Float64Array(rows * row.length);
  for (let index = from; index < to; index++) {
    coalitions.read(index, present);
    fillTable(cells, (index - from) * background.rows, row, background.cells, owners, present);
  }
  return { rows, columns: row.length, cells };
}
