import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readModelGraph } from '#graph';
import { GradientSession } from '#inference';
import type { ConformanceCase } from '../conformance-case.js';
import { planRuns } from '../feed-case.js';
import { makeTrials } from './make-trials.js';
import type { CaseOutcome } from './outcome.js';
import { ProducedTensors } from './produced-tensors.js';
import { TextGradients } from './text-gradients.js';

/**
 * How far a straight-through gradient may be from that of the model before it was quantised, relative to its size. Weights and activations
 * of 8 bits move the outputs of the cases by up to 0.05 of theirs (`model_logits`), and a gradient is a product over all layers, both ways.
 */
const limit = 0.25;

/**
 * Runs a quantised case forward and straight back, and holds the gradient against that of the model it was made of. What each layer reads has
 * to be found too.
 */
export async function compareStraightThrough(one: ConformanceCase): Promise<CaseOutcome> {
  if (one.expected.gradient !== 'refuse') return { ok: true, note: 'has an exact gradient' };
  const graph = readModelGraph(await readFile(join(one.folder, 'model.onnx')));
  const output = graph.outputs[0]?.name ?? '';
  const session = new GradientSession({
    ...{ folder: one.folder, modelFile: 'model.onnx', output, pairs: null, ids: 'input_ids', numbers: null, chosen: false },
    trials: () => makeTrials(one, graph),
  });
  try {
    const produced = new ProducedTensors({ ...one, tolerance: { grad_embeddings: limit } });
    const passed = await session.listPassed();
    for (const run of planRuns(one, graph)) {
      const straight = {
        layers: () => session.layers(),
        run: (...[feeds, ask]: Parameters<GradientSession['run']>) => session.run(feeds, { ...ask, straightThrough: true }),
      };
      await new TextGradients(one, run, straight, produced, '').produceInput();
    }
    const { ok, note } = produced.compare();
    const states = (await session.innerTensors()).tensors.length;
    const whole = passed.length > 0 && states === (await session.layers()).length;
    return { ok: ok && whole, note: `${passed.length} nodes passed, hidden states of ${states} layers: ${note}` };
  } finally {
    await session.close();
  }
}
