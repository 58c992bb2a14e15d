import type { NumberRange } from '#attribution';
import { ExplainProblem } from '../contract/explain-problem.js';
import type { ExplainRequest } from '../contract/explainer.js';
import type { Warning } from '../contract/explanation.js';
import type { ModelDescription } from '../contract/model-description.js';
import type { TabularModel } from '../contract/model.js';
import { describePrediction, predictedClass } from '../game/describe-prediction.js';
import { resolveTargets } from '../game/resolve-targets.js';
import { describeColumns } from '../game/describe-columns.js';
import { takeRow } from '../game/take-input.js';
import { nameFew } from '../game/name-choices.js';
import type { GradientParams } from './gradient-params.js';
import type { Baseline, GradientSubject } from './gradient-subject.js';
import { nameResolved } from './name-target.js';
import { passRounding } from './pass-rounding.js';

/** A row as the numbers that its model reads. */
export async function openTableSubject(request: ExplainRequest<GradientParams>, model: TabularModel): Promise<GradientSubject> {
  const { description } = model;
  const row = takeRow(request.input, description);
  const outputs = await model.predict({ rows: 1, columns: row.length, cells: row });
  const targets = resolveTargets(request, description, predictedClass(outputs));
  const subject: GradientSubject = {
    model,
    features: describeColumns(row, description),
    partsOf: () => Array.from(row, (_, column): readonly NumberRange[] => [[column, column + 1]]),
    prediction: describePrediction(outputs, description),
    targets: targets.map((target) => ({ name: nameResolved(target, description), scored: target })),
    unexplained: [],
    warnings: warnOfCodes(description),
    open: () => model.differentiate(row),
    baseline: (choice) => tableBaseline(model, choice),
    spreads: () => findSpreads(model),
  };
  return passRounding(subject, request);
}

/** A code has no order: between two categories there is no third. */
function warnOfCodes({ features }: ModelDescription): readonly Warning[] {
  const coded = features.filter(({ kind }) => kind === 'categorical').map(({ name }) => name);
  if (coded.length === 0) return [];
  return [
    {
      code: 'CODES_AS_NUMBERS',
      message: `The model reads categories as codes, and a gradient takes these for numbers: what it says of ${nameFew(coded)} holds for a small change of the code, not for another category.`,
    },
  ];
}

/** Of the kinds that `checkBaseline` lets through. */
async function tableBaseline(model: TabularModel, choice: string | null): Promise<Baseline> {
  const kind = choice ?? 'background-mean';
  const columns = model.description.features.length;
  if (kind === 'zero') return { numbers: new Float32Array(columns), description: { baseline: kind } };
  const { rows, cells } = await model.background();
  if (rows === 0) {
    const remedy = 'Register the model with a background.csv, or use the baseline zero.';
    throw new ExplainProblem('BACKGROUND_MISSING', 'the model has no background rows of its own', '/params/baseline', remedy);
  }
  const mean = new Float32Array(columns);
  for (let column = 0; column < columns; column++) {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += cells[row * columns + column] ?? NaN;
    mean[column] = sum / rows;
  }
  return { numbers: mean, description: { baseline: kind, rows } };
}

/** Largest less smallest number of each column: of the background rows, or as the manifest says where these have one number only. */
async function findSpreads(model: TabularModel): Promise<Float64Array> {
  const { rows, columns, cells } = await model.background();
  return Float64Array.from(model.description.features, ({ kind, min, max }, column) => {
    if (kind === 'categorical') return 0;
    let [least, most] = [Infinity, -Infinity];
    for (let row = 0; row < rows; row++) {
      const cell = cells[row * columns + column] ?? NaN;
      [least, most] = [Math.min(least, cell), Math.max(most, cell)];
    }
    if (most > least) return most - least;
    return min !== undefined && max !== undefined && max > min ? max - min : 0;
  });
}
