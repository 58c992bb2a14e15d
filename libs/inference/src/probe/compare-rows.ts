import type { ModelGraph } from '#graph';
import { answerAlone, type Answered, type ProbeBench } from './probe-bench.js';
import { isRounding, refuseInfluence } from './refuse-influence.js';

/**
 * Runs rows alone and together, as many as a run takes.
 *
 * @param bench its rows need no padding
 * @throws ExplainProblem as `refuseInfluence`, or what the runtime said
 */
export async function compareRows(bench: ProbeBench, graph: ModelGraph): Promise<void> {
  const { rows, scores } = await answerAlone(bench);
  const { outputs, most } = bench;
  for (let from = 0; from < rows.length; from += most) {
    const some = rows.slice(from, from + most);
    refuseInfluence(some.length, await bench.run(some), scores.subarray(from * outputs, (from + some.length) * outputs), graph);
    if (most === Infinity) return;
  }
}

/** Whether rows of a run that are padded to the longest of it have the answers that they have alone, but for rounding. */
export async function answersThroughPadding(bench: ProbeBench, { rows, scores }: Answered, graph: ModelGraph): Promise<boolean> {
  const { outputs, most } = bench;
  for (let from = 0; from < rows.length; from += most) {
    const some = rows.slice(from, from + most);
    const alone = scores.subarray(from * outputs, (from + some.length) * outputs);
    if (!isRounding(await bench.run(some), alone, graph)) return false;
    if (most === Infinity) break;
  }
  return true;
}
