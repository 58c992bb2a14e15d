import { create } from '@bufbuild/protobuf';
import { choosePositions } from '../choose-positions.js';
import { GraphEditor } from '../edit/graph-editor.js';
import { NodeWriter, writeAttribute } from '../edit/node-writer.js';
import { AttributeProtoSchema, type NodeProto } from '../generated/onnx-ml_pb.js';
import { GraphIndex } from '../graph-index.js';
import { FusedNode } from '../lower/fused-node.js';
import type { LoweredAttention } from '../lower/lowering.js';
import { attentionLowerings } from '../lower/lowerings.js';
import type { GraphNode, ModelGraph } from '../model-graph.js';
import type { AttentionLayer } from './attention-layer.js';
import { findFloatType } from './find-float-type.js';
import { findFreshName } from './find-fresh-name.js';
import { findScores } from './find-scores.js';
import { writeMeasures, type MeasuredTensors } from './write-measures.js';

export interface ExposedAttention {
  /** The model with the probabilities among its outputs. */
  readonly bytes: Uint8Array;
  /** Name of the output that holds each layer's probabilities, in the order of the layers. */
  readonly outputs: readonly string[];
  /** Name of the output that holds each layer's scores, in the order of the layers; empty where they were not asked for. */
  readonly scores: readonly string[];
  /** Name of the input that takes the chosen queries, a list of int64; null where all are given. */
  readonly queries: string | null;
  /** Name of the output that holds the logits of the chosen queries; null where none were asked for. */
  readonly logits: string | null;
  /** Of bytes: names of each layer's outputs, in place of `outputs`, in the order of the layers. */
  readonly measured: readonly MeasuredTensors[];
  /** Of bytes: name of the input that takes the keys that separate texts, a list of int64; null else. */
  readonly separators: string | null;
}

export interface ExposeOptions {
  /**
   * 'chosen': the model gets one more input, and gives the rows of the queries named there alone, in their order, so that what leaves it
   * grows with rows x keys. The whole matrix of a layer is gone once its rows are taken.
   */
  readonly rows?: 'all' | 'chosen';
  /**
   * 'score': the scores too, as they go into the softmax, scaled and with bias and mask. 'byte': probabilities are rounded to bytes and
   * measured, and do not leave the model as they are.
   */
  readonly what?: 'probability' | 'score' | 'byte';
  /** With chosen rows: an output [batch, tokens, vocabulary] that is given for the chosen queries alone as well. */
  readonly logits?: string | null;
}

/**
 * Makes the probabilities of layers outputs of the model. Nodes are added, changed or replaced; weights stay where they are.
 *
 * @param bytes what `graph` was read from
 * @param layers some or all that `findAttention` gave for this graph
 * @throws RangeError for scores of a layer that `findScores` refuses
 */
export function exposeAttention(
  bytes: Uint8Array,
  graph: ModelGraph,
  layers: readonly AttentionLayer[],
  { rows = 'all', what = 'probability', logits = null }: ExposeOptions = {},
): ExposedAttention {
  const editor = new GraphEditor(bytes);
  const index = new GraphIndex(graph);
  const prefix = findFreshName(graph, 'vitrine/attention');
  const whole = layers.map((layer, number) => exposeLayer(editor, index, graph, layer, `${prefix}/${number}`, what));
  const queries = rows === 'all' ? null : `${prefix}/queries`;
  if (queries !== null) editor.appendIntegers(queries);
  const choose = (name: string, number: number, kind: string) =>
    queries === null ? name : takeRows(editor, name, queries, `${prefix}/${number}/${kind}`);
  const separators = what === 'byte' ? `${prefix}/separators` : null;
  if (separators !== null) editor.appendIntegers(separators);
  const measured: MeasuredTensors[] = [];
  const outputs = fromTheLast(whole, ({ probabilities }, number) => {
    const rows = choose(probabilities, number, 'rows');
    if (separators === null) return rows;
    const writer = new NodeWriter(`${prefix}/${number}/measured`, graph.opsets.get('') ?? 1, 'float32');
    const layer = layers[number];
    const into = layer === undefined ? null : findSoftmaxInput(index, graph, layer);
    measured.unshift(
      writeMeasures(writer, { whole: probabilities, rows, queries, separators, scores: into, placed: layer?.kind !== 'cross' }),
    );
    editor.appendNodes(writer.nodes);
    return null;
  }).flatMap((output) => output ?? []);
  const scores = what === 'score' ? fromTheLast(whole, (layer, number) => choose(layer.scores, number, 'score-rows')) : [];
  const present = new Set(graph.outputs.map(({ name }) => name));
  const made = measured.flatMap(({ bytes, measures }) => [bytes, measures]);
  for (const name of new Set([...outputs, ...scores, ...made])) if (!present.has(name)) editor.appendOutput(name);
  const chosen = queries === null || logits === null ? null : choosePositions(editor, graph, logits, queries, `${prefix}/logits`);
  return { bytes: editor.write(), outputs, scores, queries, logits: chosen, measured, separators };
}

/** @returns names of the tensors; `scores` is '' where they were not asked for */
function exposeLayer(
  editor: GraphEditor,
  index: GraphIndex,
  graph: ModelGraph,
  layer: AttentionLayer,
  prefix: string,
  what: 'probability' | 'score' | 'byte',
): LoweredAttention {
  const { place, exposure } = layer;
  const node = graph.nodes[place];
  if (node === undefined) throw new RangeError(`the graph has no node ${place}`);
  if (exposure.how === 'lower') return lower(editor, index, graph, node, layer, prefix);
  const original = editor.readNode(place);
  if (exposure.how === 'output') {
    const changed = askForOutput(editor.readNode(place), exposure.attribute, exposure.value, exposure.output, prefix);
    editor.replaceNode(place, [changed]);
  }
  const probabilities = exposure.how === 'tensor' ? exposure.tensor : prefix;
  if (what !== 'score') return { probabilities, scores: '' };
  const found = findScores(index, layer);
  if ('reason' in found || found.how === 'lower') throw new RangeError(`the scores of node ${layer.node} cannot be shown`);
  if (found.how === 'tensor') return { probabilities, scores: found.tensor };
  original.name = `${prefix}/copy`;
  original.output = original.output.map((name, at) => (name === '' ? '' : `${prefix}/copy/${at}`));
  const scores = `${prefix}/scores`;
  editor.appendNodes([askForOutput(original, found.attribute, found.value, found.output, scores)]);
  return { probabilities, scores };
}

/**
 * The runtime goes back from the last node that nothing reads, and carries out all that it needs, then from the one before it. With the first
 * layer's rows at the end they are taken as soon as they are there, and the whole matrix of one layer alone is in memory at a time.
 *
 * Source: ONNX Runtime, core/graph/graph_viewer.cc (leaf nodes) and graph.cc (ReverseDFSFrom, a stack).
 *
 * @returns what `map` made, in the order of the layers
 */
function fromTheLast<T>(layers: readonly LoweredAttention[], map: (layer: LoweredAttention, number: number) => T): readonly T[] {
  return layers
    .map((layer, number) => ({ layer, number }))
    .reverse()
    .map(({ layer, number }) => map(layer, number))
    .reverse();
}

/** What the softmax of a layer reads, where that is one of float32 over its last axis. */
function findSoftmaxInput(index: GraphIndex, graph: ModelGraph, { operator, place, exposure }: AttentionLayer): string | null {
  const input = graph.nodes[place]?.inputs[0] ?? '';
  const known = operator === 'Softmax' && exposure.how === 'tensor' && (graph.opsets.get('') ?? 1) >= 13;
  return known && findFloatType(index, input) === 'float32' ? input : null;
}

/** Queries are the last axis but one, whether heads are an axis of their own or folded into the batch. */
function takeRows(editor: GraphEditor, probabilities: string, queries: string, output: string): string {
  const attribute = [{ name: 'axis', ...writeAttribute(-2n) }];
  editor.appendNodes([{ name: output, opType: 'Gather', input: [probabilities, queries], output: [output], attribute }]);
  return output;
}

/** @param node is changed */
function askForOutput(node: NodeProto, attribute: string, value: number, output: number, name: string): NodeProto {
  // A second attribute of the name would make the graph invalid.
  node.attribute = node.attribute.filter((one) => one.name !== attribute);
  while (node.output.length <= output) node.output.push('');
  node.output[output] = name;
  node.attribute.push(create(AttributeProtoSchema, { name: attribute, ...writeAttribute(BigInt(value)) }));
  return node;
}

function lower(
  editor: GraphEditor,
  index: GraphIndex,
  graph: ModelGraph,
  node: GraphNode,
  { operator, place }: AttentionLayer,
  prefix: string,
): LoweredAttention {
  const lowering = attentionLowerings.get(operator);
  if (lowering === undefined) throw new RangeError(`${operator} is not written out`);
  const writer = new NodeWriter(prefix, graph.opsets.get('') ?? 1, findFloatType(index, node.inputs[0] ?? ''));
  const lowered = lowering.write(new FusedNode(index, node), writer);
  editor.replaceNode(place, writer.nodes);
  return lowered;
}
