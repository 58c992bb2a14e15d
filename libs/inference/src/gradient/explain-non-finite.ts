import type { Tensor } from 'onnxruntime-node';
import { ExplainProblem } from '#explainers';
import { appendOutputs, type DifferentiatedModel, type ModelGraph } from '#graph';
import { OnnxSession, type Feeds } from '../session/onnx-session.js';
import { readFloats } from '../session/read-floats.js';

/** A model with its backward pass, and the file it was made of. */
export interface BrokenPass {
  readonly folder: string;
  readonly modelFile: string;
  readonly bytes: Uint8Array;
  /** Before the backward pass. */
  readonly graph: ModelGraph;
  readonly given: DifferentiatedModel;
}

/** Runs a backward pass once more and names the first tensor, going back from the output, whose gradient is not finite, by the node that made it. */
export async function explainNonFinite({ folder, modelFile, bytes, graph, given }: BrokenPass, feeds: Feeds): Promise<ExplainProblem> {
  const steps = [...given.steps].filter(([, name]) => name !== given.weights);
  const names = [...new Set(steps.map(([, name]) => name))];
  const session = new OnnxSession({ folder, modelFile, optimised: false, patched: appendOutputs(bytes, names) });
  try {
    const tensors = await session.runAll(feeds, names);
    const broken = new Set(
      names.filter((_, at) => {
        const tensor = tensors[at];
        return tensor !== undefined && !isFinite(tensor);
      }),
    );
    const tensor = steps.find(([, name]) => broken.has(name))?.[0] ?? '';
    const maker = graph.nodes.find(({ outputs }) => tensor !== '' && outputs.includes(tensor));
    const where = maker === undefined ? 'the input' : `the output of node ${JSON.stringify(maker.name || tensor)} (${maker.opType})`;
    return new ExplainProblem('GRADIENT_NON_FINITE', `the gradient with respect to ${where} is not finite, though the answer is`);
  } finally {
    await session.close();
  }
}

/** Whether every number of a tensor is. */
export function isFinite(tensor: Tensor): boolean {
  return readFloats(tensor)?.every((value) => Number.isFinite(value)) === true;
}
