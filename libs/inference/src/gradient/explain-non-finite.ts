import type { Tensor } from 'onnxruntime-node';
import { ExplainProblem } from '#explainers';
import { appendOutputs, nameNode, type DifferentiatedModel, type ModelGraph, type NodeName } from '#graph';
import { OnnxSession, type Feeds } from '../session/onnx-session.js';
import { readFloats } from '../session/read-floats.js';

/** A model with its backward pass, and the file it was made of. */
export interface BrokenPass {
  readonly folder: string;
  readonly modelFile: string;
  readonly bytes: Uint8Array;
  /** Before the backward pass. */
  readonly graph: ModelGraph;
  /** Name of the tensor whose gradient stands for the input's. */
  readonly input: string;
  readonly given: DifferentiatedModel;
}

/**
 * Runs a backward pass once more and names the first tensor, going back from the output, whose gradient is not finite: by the node that made it,
 * or as the input, and by the node that reads it and gave what is not finite.
 */
export async function explainNonFinite(
  { folder, modelFile, bytes, graph, input, given }: BrokenPass,
  feeds: Feeds,
): Promise<ExplainProblem> {
  const steps = [...given.steps].filter(([, name]) => name !== given.weights);
  const shares = [...given.shares.values()].flat().flatMap(({ gradient }) => (gradient === given.weights ? [] : [gradient]));
  const names = [...new Set([...steps.map(([, name]) => name), ...shares])];
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
    const place = graph.nodes.findIndex(({ outputs }) => tensor !== '' && tensor !== input && outputs.includes(tensor));
    const maker = graph.nodes[place];
    const where = maker === undefined ? 'the input' : `the output of ${quoteNode(nameNode(maker, place))}`;
    const readers = given.shares.get(tensor) ?? [];
    // Finite numbers may add up to an infinite one: then every reader has its part.
    const guilty = readers.find(({ gradient }) => broken.has(gradient)) ?? readers[0];
    const by = guilty === undefined ? '' : `: ${quoteNode(guilty.reader)}, which reads it, gave it`;
    return new ExplainProblem('GRADIENT_NON_FINITE', `the gradient with respect to ${where} is not finite, though the answer is${by}`);
  } finally {
    await session.close();
  }
}

function quoteNode({ operator, node }: Pick<NodeName, 'operator' | 'node'>): string {
  return `node ${JSON.stringify(node)} (${operator})`;
}

/** Whether every number of a tensor is. */
export function isFinite(tensor: Tensor): boolean {
  return readFloats(tensor)?.every((value) => Number.isFinite(value)) === true;
}
