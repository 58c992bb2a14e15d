import { ExplainProblem } from '#explainers';

/**
 * @param scores [rows x outputs]
 * @param classes names in output order; empty for a regression
 * @param called what the caller calls a row, such as "row 3"
 * @throws ExplainProblem MODEL_OUTPUT_NON_FINITE that names the first bad number
 */
export function checkFinite(scores: Float64Array, outputs: number, classes: readonly string[], called: (row: number) => string): void {
  const bad = scores.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return;
  const label = classes[bad % outputs];
  throw new ExplainProblem(
    'MODEL_OUTPUT_NON_FINITE',
    `the model answers ${scores[bad]} for ${label === undefined ? 'the value' : `class ${JSON.stringify(label)}`} of ${called(Math.floor(bad / outputs))}`,
  );
}
