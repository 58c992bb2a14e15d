import { QuantileSketch } from '#numeric';
import { ExplainProblem } from '../contract/explain-problem.js';
import type { DatasetRequest } from '../contract/global-explainer.js';
import type { GlobalImportanceParams } from './global-importance-params.js';
import { mostWords } from './importance-state.js';
import { countSums } from './importance-sums.js';
import { estimateEvaluations } from './local-methods.js';

type Request = DatasetRequest<GlobalImportanceParams>;

/** Parts of one job at most: each is a row of the database while it waits. */
const mostParts = 2000;

/** Evaluations of one job at most. */
const mostEvaluations = 2_000_000_000;

/** Bytes of a state at most, as it goes from process to process. */
const mostBytes = 2 ** 26;

/** A sum and what rounding took from it. */
const bytesOfSum = 16;

/** A number in JSON with its comma, at most: -2.2250738585072014e-308. */
const bytesOfNumber = 25;

/** A bin of a sketch in JSON: [-1382,10000], */
const bytesOfBin = 14;

/** A word in JSON with its counts; longer words are rare. */
const bytesOfWord = 64;

/**
 * @param players of a row; null for texts, where each has its own
 * @throws ExplainProblem PARAM_INVALID where the job has too many parts, evaluations or bytes
 */
export function checkSize(request: Request, players: number | null, targets: number): void {
  const { local, rowsPerPart } = request.params;
  const rows = request.input.rows[1] - request.input.rows[0];
  if (Math.ceil(rows / rowsPerPart) > mostParts) {
    const remedy = `Raise rowsPerPart, or explain at most ${mostParts * rowsPerPart} rows in a job.`;
    throw new ExplainProblem(
      'PARAM_INVALID',
      `${rows} rows in parts of ${rowsPerPart} are more than ${mostParts} parts`,
      '/params/rowsPerPart',
      remedy,
    );
  }
  if (rows * estimateEvaluations(local, players) > mostEvaluations) {
    const remedy = 'Explain fewer rows, or use a smaller budget.';
    throw new ExplainProblem('PARAM_INVALID', `the rows take more than ${mostEvaluations} evaluations`, '/input/rows', remedy);
  }
  checkBytes(request, players, targets, rows);
}

function checkBytes({ params }: Request, players: number | null, targets: number, rows: number): void {
  const { sums, sample, rest } = measureState(params, players, targets, rows);
  if (sums + sample + rest <= mostBytes) return;
  const isSample = sample > sums;
  throw new ExplainProblem(
    'PARAM_INVALID',
    `${params.replicates} replicates and a sample of ${params.sample} rows, of ${players ?? 0} columns and ${targets} targets, take ` +
      `${Math.ceil((sums + sample + rest) / 2 ** 20)} MiB, and ${mostBytes / 2 ** 20} are allowed`,
    isSample ? '/params/sample' : '/params/replicates',
    `Use ${isSample ? 'a smaller sample' : 'fewer replicates'}, groups of columns, or fewer targets.`,
  );
}

/** Bytes of a state over so many rows, at most; names of columns and categories are taken for no longer than numbers. */
export function measureState(
  { replicates, sample }: Pick<GlobalImportanceParams, 'replicates' | 'sample'>,
  players: number | null,
  targets: number,
  rows: number,
): { readonly sums: number; readonly sample: number; readonly rest: number } {
  const features = players ?? 0;
  return {
    sums: bytesOfSum * countSums({ targets, features, replicates }),
    sample: players === null ? 0 : bytesOfNumber * Math.min(rows, sample) * (1 + features * (1 + targets)),
    rest:
      players === null
        ? mostWords * (bytesOfWord + 3 * targets * bytesOfNumber)
        : bytesOfBin * targets * features * Math.min(rows, QuantileSketch.mostBins),
  };
}
