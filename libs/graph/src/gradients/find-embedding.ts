import { nameNode } from '../attention/name-node.js';
import { GraphIndex } from '../graph-index.js';
import { listReads } from '../list-bodies.js';
import type { ModelGraph } from '../model-graph.js';
import type { GradientRefusal } from './gradient-rule.js';

/** Where a model turns token ids into vectors. */
export interface Embedding {
  /** Place of the node that gives the vectors, as numbers that are computed with. */
  readonly place: number;
  /** Its output [batch, tokens, width]: before any scale, position, type or normalisation. */
  readonly tensor: string;
}

const lookups = new Set(['Gather', 'GatherBlockQuantized']);
const reshapes = new Set(['Reshape', 'Squeeze', 'Unsqueeze', 'Flatten']);
/** What hands ids on: the same numbers in another type or shape. */
const passes = new Set(['Cast', 'Identity', 'Clip', ...reshapes]);

/**
 * Finds the rows of the word embedding that are looked up by the ids of an input, by the lookup whose numbers reach the output: optimised
 * graphs keep another one for its shape.
 *
 * @param graph with fused operators lowered
 * @param ids name of the input
 * @param output name of the tensor that is explained
 */
export function findEmbedding(graph: ModelGraph, ids: string, output: string): Embedding | GradientRefusal {
  const index = new GraphIndex(graph);
  const needed = collectNeeded(graph, output);
  const found = [...graph.nodes.entries()].flatMap(([place, node]) => {
    const [table = '', indices = ''] = node.inputs;
    const trace = lookups.has(node.opType) && index.isConstant(table) ? tracesTo(index, indices, ids) : null;
    if (trace === null) return [];
    const looked = dequantized(index, { place, tensor: node.outputs[0] ?? '' });
    const rows = trace.reshaped ? shapedBack(index, looked) : looked;
    return needed.has(rows.tensor) ? [rows] : [];
  });
  const [first, second] = found;
  if (first === undefined) {
    const detail = `no rows of an embedding table that are looked up by ${ids} reach ${output}`;
    return { operator: 'Gather', node: '', detail, remedy: 'Export the model so that it looks its tokens up with Gather.' };
  }
  if (second === undefined) return first;
  const name = nameNode(graph.nodes[second.place] ?? { ...noNode }, second.place);
  const detail = `node ${JSON.stringify(name.node)} (${name.operator}) looks up ${ids} a second time: a gradient of one lookup would leave the other out`;
  return { ...name, detail, remedy: 'Export the model with one embedding table for its tokens.' };
}

const noNode = { name: '', opType: 'Gather', domain: '', inputs: [], outputs: [], attributes: new Map() } as const;

/** Rows that are stored as integers are numbers only behind their DequantizeLinear. */
function dequantized(index: GraphIndex, embedding: Embedding): Embedding {
  const readers = index.readers(embedding.tensor).filter(({ node }) => node.opType === 'DequantizeLinear');
  const [reader] = readers;
  return reader === undefined ? embedding : { place: reader.place, tensor: reader.node.outputs[0] ?? '' };
}

/** Rows of ids that were flattened are [batch, tokens, width] only behind the node that gives them their axes back. */
function shapedBack(index: GraphIndex, embedding: Embedding): Embedding {
  const [reader, ...others] = index.readers(embedding.tensor).filter(({ node }) => node.opType !== 'Shape');
  if (reader === undefined || others.length > 0 || reader.at !== 0 || !reshapes.has(reader.node.opType)) return embedding;
  return { place: reader.place, tensor: reader.node.outputs[0] ?? '' };
}

/** Whether the ids were given other axes on the way; null where the way leads elsewhere. */
function tracesTo(index: GraphIndex, tensor: string, input: string): { readonly reshaped: boolean } | null {
  let reshaped = false;
  for (let name = tensor; ;) {
    if (name === input) return { reshaped };
    const maker = index.makerOf(name);
    if (maker === null || !passes.has(maker.opType)) return null;
    reshaped ||= reshapes.has(maker.opType);
    name = maker.inputs[0] ?? '';
  }
}

/** Tensors whose numbers the output depends on, by more than their shape. */
function collectNeeded(graph: ModelGraph, output: string): ReadonlySet<string> {
  const needed = new Set([output]);
  for (const node of [...graph.nodes].reverse()) {
    if (!node.outputs.some((name) => needed.has(name))) continue;
    for (const name of listReads(node, true)) needed.add(name);
  }
  return needed;
}
