import type { Answered, ProbeBench } from './probe-bench.js';
import { relativeDifference } from './relative-difference.js';

/** How far the answers of a run are, relative to their size, from those to each of its rows alone. */
export interface RowDifference {
  /** In the run. */
  readonly rows: number;
  /** NaN where a number is none. */
  readonly difference: number;
}

/**
 * Runs rows together, as many as a run takes.
 *
 * @param answered the answers to each alone
 * @returns the run that is furthest from them
 * @throws ExplainProblem what the runtime said
 */
export async function compareRows(bench: ProbeBench, { rows, scores }: Answered): Promise<RowDifference> {
  const { outputs, most } = bench;
  let furthest: RowDifference = { rows: 0, difference: 0 };
  for (let from = 0; from < rows.length && !Number.isNaN(furthest.difference); from += most) {
    const some = rows.slice(from, from + most);
    const alone = scores.subarray(from * outputs, (from + some.length) * outputs);
    const difference = relativeDifference(await bench.run(some), alone);
    if (!(difference <= furthest.difference)) furthest = { rows: some.length, difference };
  }
  return furthest;
}
