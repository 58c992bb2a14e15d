import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExplainProblem } from '#explainers';
import { readModelGraph } from '#graph';
import { GradientSession } from '#inference';
import type { ConformanceCase } from '../conformance-case.js';
import { planRuns } from '../feed-case.js';
import { compareImageGradient } from './gradient-image.js';
import { makeTrials } from './make-trials.js';
import type { CaseOutcome } from './outcome.js';
import { ProducedTensors } from './produced-tensors.js';
import { TextGradients } from './text-gradients.js';

/** Runs a case forward and back, and holds every tensor that its tolerance names against the reference. */
export async function compareGradient(one: ConformanceCase): Promise<CaseOutcome> {
  if (!one.tensors.has('input.input_ids')) return compareImageGradient(one);
  const graph = readModelGraph(await readFile(join(one.folder, 'model.onnx')));
  const output = graph.outputs[0]?.name ?? '';
  const open = (ids: string) =>
    new GradientSession({
      ...{ folder: one.folder, modelFile: 'model.onnx', output, pairs: null, ids, numbers: null, chosen: false },
      trials: () => makeTrials(one, graph),
    });
  const sessions = one.tensors.has('decoder_embeddings') ? [open('input_ids'), open('decoder_input_ids')] : [open('input_ids')];
  try {
    const produced = new ProducedTensors(one);
    for (const run of planRuns(one, graph))
      for (const [at, session] of sessions.entries()) {
        const gradients = new TextGradients(one, run, session, produced, at === 0 ? '' : 'decoder_');
        await gradients.produceInput();
        if (at === 0) await gradients.produceRest();
      }
    if (one.expected.gradient !== 'answer') return { ok: false, note: `${one.expected.gradient} was expected, and it answers` };
    return produced.compare();
  } catch (error) {
    if (!(error instanceof ExplainProblem)) throw error;
    const named = one.expected.refusedOperators.some((operator) => error.detail.includes(operator.replace('::', ':')));
    return { ok: one.expected.gradient === 'refuse' && error.code === 'GRADIENT_UNAVAILABLE' && named, note: error.message };
  } finally {
    for (const session of sessions) await session.close();
  }
}
