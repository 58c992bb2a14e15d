import { Random } from '#numeric';
import type { ExplainContext, ExplainInput, ExplainRequest } from '../contract/explainer.js';
import type { DatasetPart, DatasetRequest } from '../contract/global-explainer.js';
import { readsText } from '../game/choose-game.js';
import { idleColumns, projectRow } from './check-dataset.js';
import { fixTargets } from './fix-targets.js';
import type { GlobalImportanceParams } from './global-importance-params.js';
import { ImportanceState } from './importance-state.js';
import { isRowFault } from './is-row-fault.js';
import { findLocal } from './local-methods.js';

/** Keeps these draws apart from those of other parts that use the same seed. */
const stage = 0x10ca;

/** The request for a single row. Its seed depends on the seed of the whole and the row's number alone. */
export function requestRow(
  request: DatasetRequest<GlobalImportanceParams>,
  row: number,
  input: ExplainInput,
  description: ExplainContext['model']['description'],
): ExplainRequest<unknown> {
  const random = new Random(request.seed, stage, row, 0);
  return {
    input: projectRow(input, description),
    targets: fixTargets(request, description),
    ...(request.targetPointers === undefined ? {} : { targetPointers: request.targetPointers }),
    ...(request.background === undefined ? {} : { background: request.background }),
    params: request.params.local.params,
    seed: (random.uint32() >>> 11) * 2 ** 32 + random.uint32(),
  };
}

/** Explains the rows of a part one after the other and takes each into a state. */
export async function explainRows(
  request: DatasetRequest<GlobalImportanceParams>,
  part: DatasetPart,
  rows: readonly ExplainInput[],
  context: ExplainContext,
): Promise<{ readonly state: ImportanceState; readonly evaluations: number }> {
  const { params, seed } = request;
  const { description } = context.model;
  const state = new ImportanceState({ seed, replicates: params.replicates, sample: params.sample });
  const { explainer } = findLocal(params.local);
  const isText = readsText(description);
  let evaluations = 0;
  for (const [index, input] of rows.entries()) {
    const row = part.rows[0] + index;
    if ('features' in input) state.ignore(idleColumns(description, Object.keys(input.features)));
    const before = evaluations;
    const report = (done: number): void =>
      context.report({ done: before + done, total: Math.max(part.evaluations, before + done), phase: 'explaining' });
    try {
      const output = await explainer.explain(requestRow(request, row, input, description), {
        model: context.model,
        cancellation: context.cancellation,
        report: (progress) => report(progress.done),
      });
      evaluations += output.evaluations;
      state.add(row, output, isText);
    } catch (error) {
      if (!isRowFault(error)) throw error;
      state.fail(error.code);
    }
  }
  context.report({ done: evaluations, total: evaluations, phase: 'explaining' });
  return { state, evaluations };
}
