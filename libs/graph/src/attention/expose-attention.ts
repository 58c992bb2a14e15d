import { create } from '@bufbuild/protobuf';
import { GraphEditor } from '../edit/graph-editor.js';
import { NodeWriter, writeAttribute } from '../edit/node-writer.js';
import { AttributeProtoSchema } from '../generated/onnx-ml_pb.js';
import { GraphIndex } from '../graph-index.js';
import type { GraphNode, ModelGraph } from '../model-graph.js';
import type { AttentionLayer } from './attention-layer.js';
import { findFloatType } from './find-float-type.js';
import { findFreshName } from './find-fresh-name.js';
import { lowerAttention } from './lower-attention.js';
import { lowerMultiHeadAttention } from './lower-multi-head-attention.js';

export interface ExposedAttention {
  /** The model with the probabilities among its outputs. */
  readonly bytes: Uint8Array;
  /** Name of the output that holds each layer's probabilities, in the order of the layers. */
  readonly outputs: readonly string[];
  /** Name of the input that takes the chosen queries, a list of int64; null where all are given. */
  readonly queries: string | null;
}

/**
 * Makes the probabilities of layers outputs of the model. Nodes are added, changed or replaced; weights stay where they are.
 *
 * @param bytes what `graph` was read from
 * @param layers some or all that `findAttention` gave for this graph
 * @param rows 'chosen': the model gets one more input, and gives the rows of the queries named there alone, in their order, so that what
 * leaves it grows with rows x keys. The whole matrix of a layer is gone once its rows are taken
 */
export function exposeAttention(
  bytes: Uint8Array,
  graph: ModelGraph,
  layers: readonly AttentionLayer[],
  rows: 'all' | 'chosen' = 'all',
): ExposedAttention {
  const editor = new GraphEditor(bytes);
  const index = new GraphIndex(graph);
  const prefix = findFreshName(graph, 'vitrine/attention');
  const present = new Set(graph.outputs.map(({ name }) => name));
  const whole = layers.map(({ place, exposure }, number) => {
    const node = graph.nodes[place];
    if (node === undefined) throw new RangeError(`the graph has no node ${place}`);
    if (exposure.how === 'tensor') return exposure.tensor;
    if (exposure.how === 'lower') return lower(editor, index, graph, node, place, `${prefix}/${number}`);
    const name = `${prefix}/${number}`;
    askForOutput(editor, place, exposure.attribute, exposure.value, exposure.output, name);
    return name;
  });
  const queries = rows === 'all' ? null : `${prefix}/queries`;
  if (queries !== null) editor.appendIntegers(queries);
  const outputs = queries === null ? whole : whole.map((name, number) => takeRows(editor, name, queries, `${prefix}/${number}/rows`));
  for (const name of new Set(outputs)) if (!present.has(name)) editor.appendOutput(name);
  return { bytes: editor.write(), outputs, queries };
}

/** Queries are the last axis but one, whether heads are an axis of their own or folded into the batch. */
function takeRows(editor: GraphEditor, probabilities: string, queries: string, output: string): string {
  const attribute = [{ name: 'axis', ...writeAttribute(-2n) }];
  editor.appendNodes([{ name: output, opType: 'Gather', input: [probabilities, queries], output: [output], attribute }]);
  return output;
}

function askForOutput(editor: GraphEditor, place: number, attribute: string, value: number, output: number, name: string): void {
  const node = editor.readNode(place);
  // A second attribute of the name would make the graph invalid.
  node.attribute = node.attribute.filter((one) => one.name !== attribute);
  while (node.output.length <= output) node.output.push('');
  node.output[output] = name;
  node.attribute.push(create(AttributeProtoSchema, { name: attribute, ...writeAttribute(BigInt(value)) }));
  editor.replaceNode(place, [node]);
}

function lower(editor: GraphEditor, index: GraphIndex, graph: ModelGraph, node: GraphNode, place: number, prefix: string): string {
  const writer = new NodeWriter(prefix, graph.opsets.get('') ?? 1, findFloatType(index, node.inputs[0] ?? ''));
  const probabilities = node.opType === 'Attention' ? lowerAttention(index, node, writer) : lowerMultiHeadAttention(index, node, writer);
  editor.replaceNode(place, writer.nodes);
  return probabilities;
}
