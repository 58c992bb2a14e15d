import { perturbTable, type PerturbedTable } from '#attribution';
import { ExplainProblem } from '../contract/explain-problem.js';
import type { ExplainRequest } from '../contract/explainer.js';
import type { ColumnFeature, Warning } from '../contract/explanation.js';
import type { ModelDescription } from '../contract/model-description.js';
import type { TabularModel } from '../contract/model.js';
import { checkBackground, describeBackground, readBackground } from '../game/read-background.js';
import { showCell } from '../game/read-row.js';
import { takeRow } from '../game/take-input.js';
import { learnTable, warnOfConditions } from './learn-table.js';
import type { LimeTabularParams } from './lime-tabular-params.js';

/** A row to be explained and what its columns are perturbed by. */
export interface OpenTable {
  readonly model: TabularModel;
  readonly row: Float64Array;
  readonly table: PerturbedTable;
  readonly features: readonly ColumnFeature[];
  /** What each feature stands for. */
  readonly conditions: readonly string[];
  readonly baseline: Readonly<Record<string, unknown>>;
  readonly warnings: readonly Warning[];
}

/**
 * Learns from the background what a row is perturbed by.
 *
 * @throws ExplainProblem what `readTabularRequest` throws, and BACKGROUND_MISSING when the model turns out to have no rows
 */
export async function openTable(request: ExplainRequest<LimeTabularParams>, model: TabularModel): Promise<OpenTable> {
  const { description } = model;
  const { row } = readTabularRequest(request, description);
  const background = readBackground(request.params, description, request.background) ?? (await model.background());
  if (background.rows === 0) refuseBackground();
  const columns = learnTable(description.features, background, row);
  return {
    model,
    row,
    table: perturbTable(
      columns.map(({ law }) => law),
      row,
    ),
    features: description.features.map((column, index) => ({ name: column.name, value: showCell(column, row[index] ?? NaN) })),
    conditions: columns.map(({ condition }) => condition),
    baseline: { discretize: request.params.discretize, background: describeBackground(request.params, background) },
    warnings: [...warnOfConditions(columns, background.rows), ...warnOfWholeNumbers(description)],
  };
}

function warnOfWholeNumbers({ features }: ModelDescription): readonly Warning[] {
  const whole = features.filter((feature) => feature.kind === 'numeric' && feature.integer === true).map((feature) => feature.name);
  if (whole.length === 0) return [];
  const message = `The model reads whole numbers here, so perturbed values are rounded within their bin: ${whole.join(', ')}.`;
  return [{ code: 'WHOLE_NUMBERS', message }];
}

/**
 * The parts of a request that need no model.
 *
 * @returns the row
 * @throws ExplainProblem INPUT_KIND_MISMATCH, what `readRow` throws, BACKGROUND_MISSING
 */
export function readTabularRequest({ input, params }: ExplainRequest<LimeTabularParams>, description: ModelDescription) {
  const row = takeRow(input, description);
  checkBackground(params, description);
  if (params.background === undefined && description.backgroundRows === 0) refuseBackground();
  return { row };
}

function refuseBackground(): never {
  const remedy = 'Send background rows: the bins and frequencies of the perturbations are learnt from them.';
  throw new ExplainProblem('BACKGROUND_MISSING', 'the model has no background rows of its own', '/params/background', remedy);
}
