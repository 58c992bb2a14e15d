import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { ExplainProblem } from '#explainers';
import { readModelGraph } from '#graph';
import { GateSession } from '#inference';
import type { ConformanceCase } from '../conformance-case.js';
import { planRuns, type CaseRun } from '../feed-case.js';
import type { CaseOutcome } from './outcome.js';
import { silenceHead } from './silence-head.js';

/** Largest difference of an answer as part of the largest number of the answer. */
const tolerance = 2e-6;

/**
 * Runs a case as it is and with gates behind its heads. All of them open: the answer stays. One of them closed: the answer is that of the
 * model whose output projection has no weights for that head, in every layer whose projection is a stored matrix of floating-point numbers.
 */
export async function compareGates(one: ConformanceCase): Promise<CaseOutcome> {
  const bytes = await readFile(join(one.folder, 'model.onnx'));
  const graph = readModelGraph(bytes);
  const runs = planRuns(one, graph);
  const [first] = runs;
  const fetch = graph.outputs[0]?.name;
  if (first === undefined || fetch === undefined) return { ok: false, note: 'nothing to run' };
  const gates = new GateSession(one.folder, 'model.onnx', (session) => session.run(first.feeds, first.real));
  try {
    const layers = await gates.layers();
    const count = layers.reduce((sum, { heads }) => sum + heads, 0);
    const open = new Float64Array(count).fill(1);
    const plain = await InferenceSession.create(bytes, sessionOptions(one.folder));
    let largest = 0;
    for (const run of runs) largest = Math.max(largest, await differ(plain, gates, run, [open], fetch));
    if (!(largest <= tolerance)) return { ok: false, note: `open gates change the answer by ${largest.toExponential(1)}` };

    let [silenced, worst, least, head] = [0, 0, Infinity, 0];
    for (const layer of layers)
      for (let own = 0; own < layer.heads; own++, head++) {
        const closed = [open.with(head, 0)];
        least = Math.min(least, await differ(plain, gates, first, closed, fetch));
        const edited = silenceHead(bytes, layer, own);
        if (edited === null) continue;
        const reference = await InferenceSession.create(edited, sessionOptions(one.folder));
        worst = Math.max(worst, await differ(reference, gates, first, closed, fetch));
        await reference.release();
        silenced++;
      }
    await plain.release();
    const note = `open ${largest.toExponential(1)}; closed, ${silenced} of ${count} compared: ${worst.toExponential(1)}, an effect of ${least.toExponential(1)} or more`;
    return { ok: worst <= tolerance && least > 10 * worst && one.expected.attention === 'answer', note };
  } catch (error) {
    if (!(error instanceof ExplainProblem)) throw error;
    return { ok: one.expected.attention !== 'answer' && error.code === 'ATTENTION_UNAVAILABLE', note: error.message };
  } finally {
    await gates.close();
  }
}

async function differ(
  reference: InferenceSession,
  gates: GateSession,
  { feeds }: CaseRun,
  settings: readonly Float64Array[],
  fetch: string,
): Promise<number> {
  const [expected, actual] = [(await reference.run(feeds, [fetch]))[fetch], await gates.run(feeds, settings, fetch)];
  if (expected?.data.length !== actual.data.length) return Infinity;
  let [difference, size] = [0, 0];
  for (let at = 0; at < actual.data.length; at++) {
    const right = Number(expected.data[at]);
    difference = Math.max(difference, Math.abs(Number(actual.data[at]) - right));
    size = Math.max(size, Math.abs(right));
  }
  return difference / size;
}

function sessionOptions(folder: string): InferenceSession.SessionOptions {
  const extra = { session: { model_external_initializers_file_folder_path: folder, x64quantprecision: '1' } };
  return { intraOpNumThreads: 1, logSeverityLevel: 4, extra };
}
