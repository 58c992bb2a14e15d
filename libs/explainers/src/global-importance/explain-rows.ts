import { Random } from '#numeric';
import type { ExplainContext, ExplainInput, ExplainRequest } from '../contract/explainer.js';
import type { DatasetPart, DatasetRequest } from '../contract/global-explainer.js';
import type { ModelDescription } from '../contract/model-description.js';
import { TabularModel, type Model, type Table } from '../contract/model.js';
import { readsText } from '../game/choose-game.js';
import type { GameParams } from '../game/game-params.js';
import { readBackground } from '../game/read-background.js';
import { idleColumns, projectRow } from './check-dataset.js';
import { fixTargets } from './fix-targets.js';
import type { GlobalImportanceParams } from './global-importance-params.js';
import { ImportanceState } from './importance-state.js';
import { isRowFault } from './is-row-fault.js';
import { findLocal } from './local-methods.js';

type Request = DatasetRequest<GlobalImportanceParams>;

/** Keeps these draws apart from those of other parts that use the same seed. */
const stage = 0x10ca;

/** Makes the request for a single row. Its seed depends on the seed of the whole and the row's number alone. */
export function requestRows(
  request: Request,
  description: ModelDescription,
): (row: number, input: ExplainInput) => ExplainRequest<unknown> {
  const same = {
    targets: fixTargets(request, description),
    ...(request.targetPointers === undefined ? {} : { targetPointers: request.targetPointers }),
    ...(request.background === undefined ? {} : { background: request.background }),
    params: request.params.local.params,
  };
  return (row, input) => {
    const random = new Random(request.seed, stage, row, 0);
    return { ...same, input: projectRow(input, description), seed: (random.uint32() >>> 11) * 2 ** 32 + random.uint32() };
  };
}

/**
 * Explains the rows of a part one after the other and takes each into a state.
 *
 * @returns the evaluations of all rows, those included that a row took before it failed
 */
export async function explainRows(
  request: Request,
  part: DatasetPart,
  rows: readonly ExplainInput[],
  context: ExplainContext,
): Promise<{ readonly state: ImportanceState; readonly evaluations: number }> {
  const { params, seed } = request;
  const { description } = context.model;
  const state = new ImportanceState({ seed, replicates: params.replicates, sample: params.sample });
  const { explainer } = findLocal(params.local);
  const isText = readsText(description);
  const background = await holdBackground(request, context.model);
  const requestRow = requestRows(background === null ? request : { ...request, background }, description);
  const [first] = rows;
  // All rows of a data set have its columns.
  if (first !== undefined && 'features' in first) state.ignore(idleColumns(description, Object.keys(first.features)));
  let evaluations = 0;
  let ofRow: number;
  const report = (done: number): void => {
    ofRow = done;
    context.report({ done: evaluations + done, total: Math.max(part.evaluations, evaluations + done), phase: 'explaining' });
  };
  const rowContext: ExplainContext = { ...context, report: ({ done }) => report(done) };
  for (const [index, input] of rows.entries()) {
    const row = part.rows[0] + index;
    ofRow = 0;
    try {
      const output = await explainer.explain(requestRow(row, input), rowContext);
      ofRow = output.evaluations;
      state.add(row, output, isText);
    } catch (error) {
      if (!isRowFault(error)) throw error;
      state.fail(error.code, ofRow);
    }
    evaluations += ofRow;
  }
  context.report({ done: evaluations, total: evaluations, phase: 'explaining' });
  return { state, evaluations };
}

/** The rows that stand for absence, read once for all rows of a part; null where there are none to read. */
async function holdBackground(request: Request, model: Model): Promise<Table | null> {
  if (!(model instanceof TabularModel)) return null;
  // Every local method plays a game, whose parameters are part of its own.
  const stated = readBackground(request.params.local.params as GameParams, model.description, request.background);
  if (stated !== null) return stated;
  const own = await model.background();
  return own.rows === 0 ? null : own;
}
