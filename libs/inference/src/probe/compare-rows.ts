import type { ModelGraph } from '#graph';
import { answerAlone, type ProbeBench } from './probe-bench.js';
import { refuseInfluence } from './refuse-influence.js';

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
