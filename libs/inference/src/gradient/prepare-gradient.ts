import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Tensor } from 'onnxruntime-node';
import { ExplainProblem } from '#explainers';
import {
  appendOutputs,
  findEmbedding,
  giveChosenLogits,
  givePairs,
  inlineFunctions,
  lowerFused,
  raiseAccuracy,
  raiseOpset,
  shiftEmbedding,
  sortNodes,
  takeBranches,
  type GraphFacts,
  type ModelGraph,
} from '#graph';
import { readGraph } from '../folder/read-graph.js';
import { mergedInput } from '../language/merged-input.js';
import type { Feeds, SessionSource } from '../session/onnx-session.js';
import { gradientProblem } from './gradient-problem.js';
import { runTrials } from './run-trials.js';

/** What of a model a gradient is taken of, and how it is fed. */
export interface GradientSource {
  /** Absolute. */
  readonly folder: string;
  /** Relative to the folder. */
  readonly modelFile: string;
  /** Name of the tensor that is explained; hidden ones become outputs. */
  readonly output: string;
  /** What it holds, where one number for each row may stand for two classes; else null. */
  readonly pairs: 'logits' | 'probabilities' | 'margin' | null;
  /** Name of the input that takes token ids, whose embedding stands for it; null for a model that reads numbers. */
  readonly ids: string | null;
  /** Name of the input that takes numbers; null for a model that reads token ids. */
  readonly numbers: string | null;
  /** Whether logits are computed for chosen tokens alone. */
  readonly chosen: boolean;
  /** Feeds of tiny runs that differ in every open length, all but those of inputs that are added here; some may fail, two must not. */
  readonly trials: (graph: ModelGraph) => readonly (readonly Feeds[])[];
}

/** A model with its fused operators written out, ready to be differentiated. */
export interface PreparedModel {
  readonly bytes: Uint8Array;
  readonly graph: ModelGraph;
  readonly facts: GraphFacts;
  /** Tiny feeds that it runs with. */
  readonly trials: readonly Feeds[];
  readonly output: string;
  /** Name of the tensor whose gradient stands for the input's. */
  readonly input: string;
  /** Of a model that reads token ids: the rows of its embedding, and the input that takes what is added to them. */
  readonly embedding: { readonly plain: string; readonly shift: string } | null;
  /** Name of the input that takes the chosen tokens; null where all are given. */
  readonly positions: string | null;
  /** Nodes that round in the file, and not in this model. */
  readonly raised: readonly string[];
}

/**
 * Reads a model, puts its nodes in order and writes out what has no derivative of its own: functions, branches, fused operators. Tiny runs tell the shapes.
 *
 * @throws ExplainProblem GRADIENT_UNAVAILABLE that names operator and node, MODEL_RUN_FAILED, or as the file deserves that is no model
 */
export async function prepareGradient(source: GradientSource): Promise<PreparedModel> {
  const { folder, modelFile, output, ids, chosen } = source;
  let bytes: Uint8Array = new Uint8Array(await readFile(join(folder, modelFile)));
  let graph = readGraph(modelFile, bytes);
  const step = (changed: Uint8Array): void => {
    if (changed === bytes) return;
    bytes = changed;
    graph = readGraph(modelFile, bytes);
  };
  if (graph.functions.size > 0) step(inlineFunctions(bytes));
  step(raiseOpset(bytes, graph));
  const merged = graph.inputs.some(({ name }) => name === mergedInput);
  if (graph.nodes.some(({ opType }) => opType === 'If')) step(takeBranches(bytes, new Map(merged ? [[mergedInput, true]] : [])));
  step(sortNodes(bytes, graph));
  if (!graph.outputs.some(({ name }) => name === output)) step(appendOutputs(bytes, [output]));
  const { bytes: exact, raised } = raiseAccuracy(bytes, graph);
  step(exact);
  const lowered = lowerFused(bytes, graph);
  if ('operator' in lowered) throw gradientProblem(lowered);
  step(lowered.bytes);
  const picked = chosen ? giveChosenLogits(bytes, graph, output) : null;
  if (picked !== null) step(picked.bytes);
  const explained = picked?.logits ?? output;
  const shifted = ids === null ? null : shift(bytes, graph, ids, explained);
  if (shifted !== null) step(shifted.bytes);
  const input = shifted?.shifted ?? source.numbers;
  if (input === null) throw new RangeError('a gradient is taken of token ids or of numbers');
  const extra = (run: number): Feeds => ({
    ...(shifted === null ? {} : { [shifted.shift]: noShift }),
    ...(picked === null ? {} : { [picked.positions]: places(run + 3) }),
  });
  const candidates = source.trials(graph).map((runs) => runs.map((feeds, run) => ({ ...feeds, ...extra(run) })));
  let tried = await runFirst({ folder, modelFile, patched: bytes }, graph, candidates);
  if (shifted !== null && ids !== null) expectRows(tried, shifted.plain, ids);
  let answered = explained;
  if (source.pairs !== null && isColumn(tried.facts, explained)) {
    const paired = givePairs(bytes, graph, explained, source.pairs);
    step(paired.bytes);
    answered = paired.output;
    tried = await runFirst({ folder, modelFile, patched: bytes }, graph, [tried.trials]);
  }
  return {
    ...{ bytes, graph, ...tried, output: answered, input, raised },
    embedding: shifted,
    positions: picked?.positions ?? null,
  };
}

function shift(bytes: Uint8Array, graph: ModelGraph, ids: string, output: string) {
  const embedding = findEmbedding(graph, ids, output);
  if ('operator' in embedding) throw gradientProblem(embedding);
  return shiftEmbedding(bytes, graph, embedding);
}

/** @throws ExplainProblem GRADIENT_UNAVAILABLE where the embedding has other axes than [batch, tokens, width]: what is added to it would go astray */
function expectRows(
  { facts, trials }: { readonly facts: GraphFacts; readonly trials: readonly Feeds[] },
  tensor: string,
  ids: string,
): void {
  const { shapes } = facts.of(tensor);
  const fits = trials.every((feeds, run) => {
    const [rows, tokens] = feeds[ids]?.dims ?? [];
    return shapes[run]?.length === 3 && shapes[run][0] === rows && shapes[run][1] === tokens;
  });
  if (fits) return;
  const detail = `the rows of the embedding of ${ids} come as [${shapes[0]?.join(', ') ?? ''}], where [batch, tokens, width] was expected`;
  throw new ExplainProblem(
    'GRADIENT_UNAVAILABLE',
    detail,
    null,
    'Export the model so that it looks its tokens up with Gather over axis 0.',
  );
}

function isColumn(facts: GraphFacts, output: string): boolean {
  const rank = facts.rank(output);
  return rank === 1 || (rank === 2 && facts.length(output, 1) === 1);
}

/** Models that read one row at a time fail with two: the next trials have one. */
async function runFirst(
  source: SessionSource & { readonly patched: Uint8Array },
  graph: ModelGraph,
  candidates: readonly (readonly Feeds[])[],
): Promise<{ readonly facts: GraphFacts; readonly trials: readonly Feeds[] }> {
  let failure: unknown = new RangeError('there are no trial runs');
  for (const trials of candidates) {
    try {
      return { facts: await runTrials(source, graph, trials), trials };
    } catch (error) {
      if (!(error instanceof ExplainProblem)) throw error;
      failure = error;
    }
  }
  throw failure;
}

/** Adds nothing to the rows of an embedding. */
export const noShift = new Tensor('float32', new Float32Array(1), [1, 1, 1]);

function places(count: number): Tensor {
  return new Tensor(
    'int64',
    BigInt64Array.from({ length: count }, (_, at) => BigInt(at)),
    [count],
  );
}
