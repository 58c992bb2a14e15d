import { findFloatType, isBfloat16 } from '../attention/find-float-type.js';
import { findFreshName } from '../attention/find-fresh-name.js';
import { nameNode } from '../attention/name-node.js';
import type { NodeName } from '../attention/attention-layer.js';
import { GraphEditor } from '../edit/graph-editor.js';
import { NodeWriter } from '../edit/node-writer.js';
import { GraphIndex } from '../graph-index.js';
import { listBodies } from '../list-bodies.js';
import type { GraphNode, ModelGraph } from '../model-graph.js';
import { nameOperator } from '../name-operator.js';
import { FusedNode } from './fused-node.js';
import type { LoweringRefusal } from './lowering.js';
import { lowerings } from './lowerings.js';
import { refuseLowering } from './refuse-lowering.js';

/** The first version of ai.onnx whose primitives are written here: Clip with its limits as inputs, Softmax counting axes from the end. */
const oldest = 11;

export interface LoweredModel {
  /** The model with primitives in the place of fused nodes; what was given where there was none. */
  readonly bytes: Uint8Array;
  /** The nodes that were replaced, in the order of the graph. */
  readonly replaced: readonly NodeName[];
}

/**
 * Puts primitives of ai.onnx in the place of fused nodes of the top graph. They give every output that the nodes gave, under its name. Weights
 * stay where they are, in other files too. Functions of the model are to be put in place before (`inlineFunctions`); operators that have no
 * lowering stay.
 *
 * @param bytes what `graph` was read from
 * @param wanted which of the fused nodes to replace
 * @returns the model, or why one of the wanted nodes has to stay as it is
 */
export function lowerFused(
  bytes: Uint8Array,
  graph: ModelGraph,
  wanted: (node: NodeName) => boolean = () => true,
): LoweredModel | LoweringRefusal {
  const index = new GraphIndex(graph);
  const editor = new GraphEditor(bytes);
  const prefix = findFreshName(graph, 'vitrine/lowered');
  const opset = graph.opsets.get('') ?? 1;
  const replaced: NodeName[] = [];
  for (const [place, node] of graph.nodes.entries()) {
    const name = nameNode(node, place);
    const inside = findInside(node, name, wanted);
    if (inside !== null) return inside;
    const lowering = lowerings.get(name.operator);
    if (lowering === undefined || graph.functions.has(name.operator) || !wanted(name)) continue;
    const fused = new FusedNode(index, node);
    const typing = fused.input(lowering.typedBy ?? 0);
    const refusal = refuseModel(name, opset, isBfloat16(index, typing)) ?? refuseLowering(lowering, fused, name);
    if (refusal !== null) return refusal;
    const writer = new NodeWriter(`${prefix}/${replaced.length}`, opset, findFloatType(index, typing));
    lowering.write(fused, writer);
    editor.replaceNode(place, writer.nodes);
    replaced.push(name);
  }
  return { bytes: replaced.length === 0 ? bytes : editor.write(), replaced };
}

function refuseModel({ operator, node }: NodeName, opset: number, bfloat16: boolean): LoweringRefusal | null {
  const name = `node ${JSON.stringify(node)} (${operator})`;
  if (bfloat16) {
    const detail = `${name} computes in bfloat16, for which there are no primitives on a processor`;
    return { operator, node, detail, remedy: 'Export the model in float32 or float16.' };
  }
  if (opset >= oldest) return null;
  const detail = `${name} is written out with ai.onnx ${oldest} or later, and the model imports ${opset}`;
  return { operator, node, detail, remedy: `Export the model with opset ${oldest} or later, or convert it.` };
}

/** A fused node inside a branch or loop of this node. */
function findInside(
  node: GraphNode,
  { operator, node: name, place }: NodeName,
  wanted: (node: NodeName) => boolean,
): LoweringRefusal | null {
  for (const inner of listBodies(node).flatMap(({ nodes }) => nodes)) {
    const found = { operator: nameOperator(inner.domain, inner.opType), node: inner.name || (inner.outputs[0] ?? ''), place };
    if (lowerings.has(found.operator) && wanted(found)) {
      const detail = `node ${JSON.stringify(found.node)} (${found.operator}) lies inside the ${operator} of node ${JSON.stringify(name)}`;
      return { operator: found.operator, node: found.node, detail, remedy: 'Export a graph without control flow.' };
    }
    const deeper = findInside(inner, { operator, node: name, place }, wanted);
    if (deeper !== null) return deeper;
  }
  return null;
}
