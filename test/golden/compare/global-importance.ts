import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { explainers, type ExplainerOutput, type ExplainInput, type TabularModel } from '#explainers';
import { compareNumbers, type Comparison } from './comparison.js';
import { parseRows } from './exact-shap.js';

interface Means {
  readonly meanAbs: readonly number[];
  readonly mean: readonly number[];
}

interface ImportanceReference {
  readonly model: string;
  readonly features: readonly string[];
  readonly entries: readonly { readonly name: string; readonly interventional?: Means }[];
}

interface ColumnFound {
  readonly name: string;
  readonly meanAbs: { readonly value: number };
  readonly mean: { readonly value: number };
  readonly meanStandardError: number | null;
}

/** Rows of the population that the references are of. */
const ROWS = 2000;

/** What a log-odds made of a float32 probability may be off by, as exact-shapley.json has it; see its reason there. */
const FLOAT32 = 2e-4;

/**
 * global-importance with permutation-shap against the means of interventional Shapley values of a global-importance.json. All
 * coalitions of so many rows would take an hour, so that chance is allowed for as the method itself states it: a mean over n rows
 * four of its standard errors over √n, a mean size besides the standard error by which sampling can only enlarge it.
 */
export async function compareGlobalImportance(model: TabularModel, referenceFile: string, modelFolder: string): Promise<Comparison[]> {
  const reference = JSON.parse(await readFile(referenceFile, 'utf8')) as ImportanceReference;
  const expected = reference.entries.find(({ name }) => name === 'mean-abs-shap')?.interventional;
  if (expected === undefined) throw new Error(`${referenceFile} has no means of interventional Shapley values`);
  const population = parseRows(gunzipSync(await readFile(join(modelFolder, 'population.csv.gz'))).toString('utf8'));
  const isRegression = model.description.task === 'tabular-regression';
  const output = await explainDataset(
    model,
    population.slice(0, ROWS).map((features) => ({ features })),
    isRegression ? {} : { class: 1, space: 'log-odds' },
    { local: { method: 'permutation-shap', params: { budget: 120 } }, replicates: 0, sample: 0, rowsPerPart: 500 },
  );
  const columns = columnsOf(output);
  return reference.features.flatMap((name, index) => {
    const found = columns.find((column) => column.name === name);
    const error = found?.meanStandardError ?? NaN;
    const tolerance = (4 * error) / Math.sqrt(ROWS) + FLOAT32;
    const enlarged = (found?.meanAbs.value ?? NaN) - (expected.meanAbs[index] ?? NaN);
    return [
      compareNumbers(
        `global-importance ${reference.model} ${name} mean`,
        [found?.mean.value ?? NaN],
        [expected.mean[index] ?? NaN],
        tolerance,
      ),
      compareNumbers(
        `global-importance ${reference.model} ${name} mean size`,
        [enlarged > 0 ? Math.max(0, enlarged - error) : enlarged],
        [0],
        tolerance,
      ),
    ];
  });
}

/** Columns of the first target. */
export function columnsOf({ result }: ExplainerOutput): readonly ColumnFound[] {
  return (result as { targets: { columns: ColumnFound[] }[] }).targets[0]?.columns ?? [];
}

/** global-importance over rows at hand, its parts one after the other in this process. */
export async function explainDataset(
  model: TabularModel,
  rows: readonly ExplainInput[],
  target: { readonly class?: number; readonly space?: string },
  params: unknown,
): Promise<ExplainerOutput> {
  const explainer = explainers.find((one) => one.method === 'global-importance');
  if (explainer?.reads !== 'dataset') throw new Error('there is no method global-importance');
  const request = {
    input: { dataset: 'rows', version: '1', sha256: '', rows: [0, rows.length] as const },
    targets: [target],
    params: explainer.params.parse(params),
    seed: 1,
  };
  const context = { model, cancellation: { aborted: false }, report: () => undefined };
  const parts = [];
  for (const part of explainer.partition(request, model.description))
    parts.push(await explainer.explainPart(request, part, rows.slice(...part.rows), context));
  const merged = explainer.merge(request, model.description, null, parts);
  return explainer.conclude(request, model.description, merged, { modelRows: model.modelRows });
}
