import { ExplainProblem } from '#explainers';

/** Rows to try a model with, and a way to run some of them together. */
export interface ProbeBench {
  readonly rows: number;
  readonly outputs: number;
  /** Rows of the largest batch that predictions use. */
  readonly largest: number;
  /** Rows that the graph takes at most. */
  readonly most: number;
  /** Scores [rows x outputs] of these probe rows, at most `most`, in one run. */
  run(rows: readonly number[]): Promise<Float64Array>;
}

/** Rows that the model answers with numbers, and those numbers. */
export interface Answered {
  readonly rows: readonly number[];
  /** [rows x outputs] */
  readonly scores: Float64Array;
}

/**
 * Runs each probe row alone.
 *
 * @throws ExplainProblem what the runtime said, or MODEL_OUTPUT_NON_FINITE, where no row at all is answered with numbers
 */
export async function answerAlone(bench: ProbeBench): Promise<Answered> {
  const rows: number[] = [];
  const scores: number[] = [];
  let failure: unknown = new ExplainProblem('MODEL_OUTPUT_NON_FINITE', `the model answers none of ${bench.rows} rows with finite numbers`);
  for (let row = 0; row < bench.rows; row++) {
    try {
      const answer = await bench.run([row]);
      if (!answer.every(Number.isFinite)) continue;
      rows.push(row);
      scores.push(...answer);
    } catch (error) {
      failure = error;
    }
  }
  if (rows.length === 0) throw failure;
  return { rows, scores: Float64Array.from(scores) };
}
