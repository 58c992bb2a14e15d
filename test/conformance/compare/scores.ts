import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExplainProblem } from '#explainers';
import { readModelGraph } from '#graph';
import { AttentionSession } from '#inference';
import type { ConformanceCase } from '../conformance-case.js';
import { planRuns } from '../feed-case.js';
import type { CaseOutcome } from './outcome.js';

/** Asks for the scores before the softmax of every layer. The session proves that their softmax gives the probabilities, or refuses. */
export async function compareScores(one: ConformanceCase): Promise<CaseOutcome> {
  const session = new AttentionSession(one.folder, 'model.onnx');
  try {
    const graph = readModelGraph(await readFile(join(one.folder, 'model.onnx')));
    let [layers, least, most] = [0, Infinity, -Infinity];
    for (const { feeds, real } of planRuns(one, graph))
      for (const { scores, probabilities } of await session.run(feeds, real, () => true, 'score')) {
        if (scores?.length !== probabilities.length) return { ok: false, note: 'a layer has no scores' };
        layers++;
        for (const score of scores) {
          if (!Number.isFinite(score)) return { ok: false, note: `a score is ${score}` };
          if (score < -1e3) continue;
          [least, most] = [Math.min(least, score), Math.max(most, score)];
        }
      }
    const note = `${layers} layers, from ${least.toFixed(2)} to ${most.toFixed(2)} where nothing is hidden`;
    return { ok: layers > 0 && one.expected.attention === 'answer', note };
  } catch (error) {
    if (!(error instanceof ExplainProblem)) throw error;
    return { ok: one.expected.attention !== 'answer', note: error.message };
  } finally {
    await session.close();
  }
}
