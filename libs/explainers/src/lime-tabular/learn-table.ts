import { countOutcome, findOutcome, learnColumn, type ColumnLaw } from '#attribution';
import type { Warning } from '../contract/explanation.js';
import type { FeatureColumn } from '../contract/model-description.js';
import type { Table } from '../contract/model.js';
import { showCell } from '../game/read-row.js';

/** A column of a model, how it is perturbed, and what the row to be explained has there. */
export interface LearntColumn {
  readonly law: ColumnLaw;
  /** What its feature stands for: the bin of a numeric value, the category of another. */
  readonly condition: string;
  /** Background rows for which the condition holds. */
  readonly holds: number;
}

/**
 * Learns from background rows how each column of a row is perturbed.
 *
 * @param row one cell per column
 */
export function learnTable(columns: readonly FeatureColumn[], background: Table, row: Float64Array): readonly LearntColumn[] {
  return columns.map((column, index) => {
    const values = Float64Array.from({ length: background.rows }, (_, at) => background.cells[at * background.columns + index] ?? NaN);
    const law = learnColumn(column.name, column.kind, values);
    const cell = row[index] ?? NaN;
    const outcome = findOutcome(law, cell);
    const bin = outcome === null ? undefined : law.quartiles?.bins[outcome];
    return {
      law,
      condition: bin?.name ?? `${column.name} = ${showCell(column, cell)}`,
      holds: outcome === null ? 0 : countOutcome(law, outcome),
    };
  });
}

/** What a person should know of conditions that the background cannot tell anything about. */
export function warnOfConditions(columns: readonly LearntColumn[], backgroundRows: number): readonly Warning[] {
  const never = columns.filter(({ holds }) => holds === 0).map(({ condition }) => condition);
  const always = columns.filter(({ holds }) => holds === backgroundRows).map(({ condition }) => condition);
  const warnings: Warning[] = [];
  if (never.length > 0) {
    warnings.push({
      code: 'CONDITION_NEVER',
      message: `No background row has this, so no perturbation kept it and its weight says nothing: ${never.join('; ')}. Give a background that has it.`,
    });
  }
  if (always.length > 0) {
    warnings.push({
      code: 'CONDITION_ALWAYS',
      message: `Every background row has this, so every perturbation kept it and its weight is 0: ${always.join('; ')}. Give a background in which it varies.`,
    });
  }
  return warnings;
}
