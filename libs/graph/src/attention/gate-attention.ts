import { GraphEditor } from '../edit/graph-editor.js';
import { NodeWriter } from '../edit/node-writer.js';
import { GraphIndex } from '../graph-index.js';
import type { ModelGraph } from '../model-graph.js';
import type { AttentionLayer, AttentionRefusal } from './attention-layer.js';
import { findFloatType } from './find-float-type.js';
import { findFreshName } from './find-fresh-name.js';
import { findGatePoint, type GatePoint } from './find-gate-point.js';

/** A layer whose number of heads is known, from the graph or from a run. */
export type GateableLayer = AttentionLayer & { readonly heads: number };

export interface GatedAttention {
  /** The model with one more input. */
  readonly bytes: Uint8Array;
  /**
   * Name of the input that takes the gates: float32 [rows, layers, heads], 1 row for all rows of the batch or as many. Layers in the order
   * given; a layer with fewer heads than another reads the first ones.
   */
  readonly gates: string;
  /** Most heads of a layer. */
  readonly heads: number;
}

/**
 * Puts a gate behind every head of layers: what a head mixed out of the values, before the heads are joined and projected, is multiplied by
 * its gate. 1 leaves the head as it is, 0 replaces its output by zeros. Fused operators stay: their output is multiplied.
 *
 * @param bytes what `graph` was read from
 * @param layers some or all that `findAttention` gave for this graph
 * @returns the model, or why a layer cannot be gated, by operator and node
 */
export function gateAttention(bytes: Uint8Array, graph: ModelGraph, layers: readonly GateableLayer[]): GatedAttention | AttentionRefusal {
  const index = new GraphIndex(graph);
  const editor = new GraphEditor(bytes);
  const gates = findFreshName(graph, 'vitrine.gates');
  const prefix = findFreshName(graph, 'vitrine/gated');
  for (const [number, layer] of layers.entries()) {
    const point = findGatePoint(index, layer);
    if ('reason' in point) return point;
    gate(editor, graph, index, point, { gates, number, heads: layer.heads, prefix: `${prefix}/${number}` });
  }
  const heads = Math.max(0, ...layers.map((layer) => layer.heads));
  editor.appendFloats(gates, [`${gates}.rows`, layers.length, heads]);
  return { bytes: editor.write(), gates, heads };
}

interface LayerGates {
  /** Name of the input. */
  readonly gates: string;
  /** Place of the layer among the gated ones. */
  readonly number: number;
  readonly heads: number;
  readonly prefix: string;
}

function gate(
  editor: GraphEditor,
  graph: ModelGraph,
  index: GraphIndex,
  { place, end, at, layout, scale }: GatePoint,
  { gates, number, heads, prefix }: LayerGates,
): void {
  const node = editor.readNode(place);
  const names = end === 'output' ? node.output : node.input;
  const tensor = names[at] ?? '';
  const writer = new NodeWriter(prefix, graph.opsets.get('') ?? 1, findFloatType(index, scale?.[0] ?? tensor));
  // Readers keep the name: what is given under it is gated from here on.
  const plain = end === 'output' ? `${prefix}/plain` : tensor;
  const gated = end === 'output' ? tensor : `${prefix}/gated`;
  names[at] = end === 'output' ? plain : gated;

  const wide = scale === null ? plain : writer.add('DequantizeLinear', [plain, ...scale]);
  const shape = writer.add('Shape', [wide]);
  const width = BigInt(heads);
  const target =
    layout === 'packed'
      ? writer.integers([0n, 0n, width, -1n])
      : writer.add('Concat', [writer.integers([-1n, width]), lastTwo(writer, shape)], { axis: 0n });
  const split = writer.add('Reshape', [wide, target]);
  const layer = writer.add('Gather', [gates, writer.integers(BigInt(number))], { axis: 1n });
  const own = writer.slice(layer, writer.integers([0n]), writer.integers([width]), 1n);
  const typed = writer.float === 'float32' ? own : writer.toFloat(own);
  const product = writer.add('Mul', [split, writer.unsqueeze(typed, layout === 'packed' ? [1n, 3n] : [2n, 3n])]);
  if (scale === null) writer.add('Reshape', [product, shape], {}, gated);
  else writer.add('QuantizeLinear', [writer.add('Reshape', [product, shape]), ...scale], {}, gated);
  editor.replaceNode(place, end === 'output' ? [node, ...writer.nodes] : [...writer.nodes, node]);
}

/** The last two lengths of a shape of any rank. */
function lastTwo(writer: NodeWriter, shape: string): string {
  return writer.slice(shape, writer.integers([-2n]), writer.integers([2n ** 63n - 1n]), 0n);
}
