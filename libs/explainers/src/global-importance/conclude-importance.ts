import { percentile, QuantileSketch, studentQuantile } from '#numeric';
import type { WordCount, WordTable } from '#attribution';
import { ExplainProblem } from '../contract/explain-problem.js';
import type { ExplainerOutput, Warning } from '../contract/explanation.js';
import type { DatasetRequest, DatasetTotals } from '../contract/global-explainer.js';
import { quote } from '../game/name-choices.js';
import type { GlobalImportanceParams } from './global-importance-params.js';
import type { ImportanceResult } from './importance-result.js';
import type { ColumnSums, ImportanceState } from './importance-state.js';

const shares = [0.05, 0.25, 0.5, 0.75, 0.95];

type TargetImportance = ImportanceResult['targets'][number];

/**
 * The explanation of a whole data set. `attributions` hold the mean size of each column's attribution, `standardErrors` their
 * standard deviation over the replicates, null where fewer than two rows or replicates have any; everything else is in `result`.
 *
 * @throws ExplainProblem ROWS_UNEXPLAINED when there is nothing to conclude from
 */
export function concludeImportance(
  request: DatasetRequest<GlobalImportanceParams>,
  state: ImportanceState,
  { modelRows }: DatasetTotals,
): ExplainerOutput {
  const { facts, failures } = state;
  const asked = request.input.rows[1] - request.input.rows[0];
  if (facts === null) throw unexplained(asked, failures);
  const { params } = request;
  const columns = facts.targets.map((_, target) => facts.features.map((_feature, feature) => state.column(target, feature)));
  // All replicates of one row are that row: their spread would be a certain 0, of which nothing is known.
  const hasSpread =
    state.rows >= 2 && params.replicates >= 2 && columns.flat().every(({ replicatedMeanAbs }) => replicatedMeanAbs.length >= 2);
  const result: ImportanceResult = {
    rows: { asked, explained: state.rows, failed: failures.map(([code, rows]) => ({ code, rows })) },
    method: params.local.method,
    replicates: params.replicates,
    confidence: params.confidence,
    quantileRelativeError: QuantileSketch.relativeError,
    targets: facts.targets.map((_, target): TargetImportance => ({
      columns: facts.features.map((feature, index) => {
        const sums = columns[target]?.[index];
        if (sums === undefined) throw new RangeError(`no sums of feature ${index}`);
        return { name: 'name' in feature ? feature.name : feature.text, ...describeColumn(sums, hasSpread ? params.confidence : null) };
      }),
      words: state.wordTable === null ? null : listWords(state.wordTable, target, params),
    })),
    sample: state.sampledRows.map(({ row, item }) => ({
      row,
      values: [...item.values],
      attributions: item.attributions.map((one) => [...one]),
    })),
    rowWarnings: state.warnings.map(([code, rows]) => ({ code, rows })),
  };
  return {
    prediction: [],
    features: facts.features,
    targets: facts.targets.map((target, index) => ({
      ...target,
      score: state.meanScore(index),
      baseScore: state.meanBaseScore(index),
      completenessGap: facts.gaps[index] ?? NaN,
    })),
    attributions: columns.map((row) => row.map(({ meanAbs }) => meanAbs)),
    standardErrors: hasSpread ? columns.map((row) => row.map(({ replicatedMeanAbs }) => spreadOf(replicatedMeanAbs))) : null,
    evaluations: state.evaluations,
    modelRows,
    budget: facts.budget,
    estimated: facts.estimated,
    truncated: facts.truncated > 0,
    unexplained: [],
    baseline: facts.baseline,
    quality: { fidelity: null, rowsExplained: state.rows, rowsTruncated: facts.truncated, largestCompletenessGap: largest(facts.gaps) },
    warnings: [...warnOfFailures(asked, failures), ...warnOfColumns(state.ignoredColumns), ...warnOfRows(state), ...warnOfWords(state)],
    result,
  };
}

function unexplained(asked: number, failures: readonly (readonly [string, number])[]): ExplainProblem {
  const why = failures.map(([code, rows]) => `${code} in ${rows}`).join(', ');
  return new ExplainProblem(
    'ROWS_UNEXPLAINED',
    `none of the ${asked} rows could be explained: ${why === '' ? 'there were no rows' : why}`,
    '/input/rows',
    'Explain one of the rows with the local method to see what is wrong with it.',
  );
}

/** @param confidence null where there is no interval */
function describeColumn(sums: ColumnSums, confidence: number | null): Omit<TargetImportance['columns'][number], 'name'> {
  const { sketch } = sums;
  return {
    meanAbs: { value: sums.meanAbs, interval: intervalOf(sums.replicatedMeanAbs, confidence) },
    mean: { value: sums.mean, interval: intervalOf(sums.replicatedMeans, confidence) },
    quantiles: shares.map((share) => ({ share, value: sketch.quantile(share) })),
    positive: sketch.positives,
    negative: sketch.negatives,
    zero: sketch.zeros,
    meanStandardError: sums.meanError,
  };
}

function intervalOf(replicated: readonly number[], confidence: number | null): [number, number] | null {
  if (confidence === null) return null;
  const sorted = Float64Array.from(replicated).sort();
  const tail = 50 * (1 - confidence);
  return [percentile(sorted, tail), percentile(sorted, 100 - tail)];
}

/** @param replicated at least two */
function spreadOf(replicated: readonly number[]): number {
  const mean = replicated.reduce((sum, value) => sum + value, 0) / replicated.length;
  return Math.sqrt(replicated.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (replicated.length - 1));
}

function listWords(table: WordTable, target: number, params: GlobalImportanceParams): NonNullable<TargetImportance['words']> {
  const words = [...table.words].map(([word, count]) => describeWord(word, count, target, params.confidence));
  const ranked = words.sort((a, b) => b.total - a.total || (a.word < b.word ? -1 : 1));
  return {
    distinct: words.length,
    missedAtMost: table.bound,
    toward: ranked.filter(({ total }) => total > 0).slice(0, params.topTokens),
    against: ranked
      .filter(({ total }) => total < 0)
      .reverse()
      .slice(0, params.topTokens),
  };
}

function describeWord(word: string, { count, missed, sums }: WordCount, target: number, confidence: number) {
  const [total = NaN, sizes = NaN, squares = NaN] = sums.slice(3 * target, 3 * target + 3);
  const mean = total / count;
  const interval = intervalOfMean(mean, count, squares - total * mean, confidence);
  return { word, occurrences: count, missed, mean, interval, total, meanAbs: sizes / count };
}

/**
 * @param squares about the mean, summed
 * @returns null for a single value
 *
 * Source: Student, "The probable error of a mean", Biometrika 6 (1908).
 */
function intervalOfMean(mean: number, count: number, squares: number, confidence: number): [number, number] | null {
  if (count < 2) return null;
  // Rounding can leave a difference of squares just below 0.
  const error = Math.sqrt(Math.max(0, squares) / (count - 1) / count);
  const reach = studentQuantile(1 - confidence, count - 1) * error;
  return [mean - reach, mean + reach];
}

function largest(gaps: readonly number[]): number {
  return gaps.reduce((most, gap) => Math.max(most, Math.abs(gap)), 0);
}

function warnOfFailures(asked: number, failures: readonly (readonly [string, number])[]): readonly Warning[] {
  if (failures.length === 0) return [];
  const rows = failures.reduce((sum, [, count]) => sum + count, 0);
  const why = failures.map(([code, count]) => `${code} in ${count}`).join(', ');
  return [
    {
      code: 'ROWS_LEFT_OUT',
      message: `${rows} of ${asked} rows could not be explained and are in no number here: ${why}. Mend or remove them, or explain one on its own to see why.`,
    },
  ];
}

function warnOfColumns(ignored: readonly string[]): readonly Warning[] {
  if (ignored.length === 0) return [];
  const message = `The model does not read these columns of the data set, and nothing is said of them: ${ignored.map(quote).join(', ')}.`;
  return [{ code: 'COLUMNS_IGNORED', message }];
}

function warnOfRows({ warnings, rows }: ImportanceState): readonly Warning[] {
  return warnings.map(([code, count]) => ({
    code,
    message: `${count} of ${rows} rows were explained with the warning ${code}. Explain one of them on its own to read it.`,
  }));
}

function warnOfWords({ wordTable }: ImportanceState): readonly Warning[] {
  if (wordTable === null || wordTable.bound === 0) return [];
  return [
    {
      code: 'WORDS_GIVEN_UP',
      message: `There are more different words than the table keeps. A word that is not in it occurred at most ${wordTable.bound} times; the words listed may have occurred as often as 'missed' says beyond what was counted.`,
    },
  ];
}
