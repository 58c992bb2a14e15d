import { ExplainProblem } from '#explainers';

/**
 * @param scores [rows x outputs]
 * @param classes names in output order; empty for a regression
 * @param rowOf place of a row in the request of the caller
 * @throws ExplainProblem MODEL_OUTPUT_NON_FINITE that names the first bad number
 */
export function checkFinite(scores: Float64Array, outputs: number, classes: readonly string[], rowOf: (row: number) => number): void {
  const bad = scores.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return;
  const label = classes[bad % outputs];
  throw new ExplainProblem(
    'MODEL_OUTPUT_NON_FINITE',
    `the model answers ${scores[bad]} for ${label === undefined ? 'the value' : `class ${JSON.stringify(label)}`} of row ${rowOf(Math.floor(bad / outputs))}`,
  );
}
