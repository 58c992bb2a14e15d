import { GraphIndex } from '../graph-index.js';
import { inferRank } from '../infer-rank.js';
import type { GraphNode, ModelGraph } from '../model-graph.js';
import { nameOperator } from '../name-operator.js';
import type { AttentionFinding, AttentionKind, AttentionLayer, AttentionRefusal, NodeName } from './attention-layer.js';
import { findControlFlow } from './find-control-flow.js';
import { findHeads } from './find-heads.js';
import { readFusedAttention, refusedOperators } from './fused-operators.js';
import { nameNode } from './name-node.js';
import { readInteger } from '../read-attribute.js';
import { readKind } from './read-kind.js';
import { traceProbabilities } from './trace-probabilities.js';
import { traceScores } from './trace-scores.js';

type Candidate = Omit<AttentionLayer, 'layer'>;
type Reading = Candidate | AttentionRefusal | null;

const exportPlainly = 'Export the model without fusing attention (in Optimum: without -O options), or with plain MatMul and Softmax.';

/**
 * Finds attention in a graph: Softmax between a product of two computed tensors and a product with a third, or one of the fused operators
 * of ai.onnx and com.microsoft. Functions of the model are to be put in place before (`inlineFunctions`).
 *
 * What is found is what the graph looks like. Whether the tensors are probabilities is for a run to prove.
 *
 * @returns every layer in the order of the graph, or why there is none that can be trusted: some layers without the others are refused too
 */
export function findAttention(graph: ModelGraph): AttentionFinding {
  const inside = findControlFlow(graph);
  if (inside !== null) return { found: false, refusal: inside };
  const index = new GraphIndex(graph);
  const layers: AttentionLayer[] = [];
  const counts = new Map<AttentionKind, number>();
  for (const [place, node] of graph.nodes.entries()) {
    const reading = readNode(index, graph, node, place);
    if (reading === null) continue;
    if ('reason' in reading) return { found: false, refusal: reading };
    const layer = counts.get(reading.kind) ?? 0;
    counts.set(reading.kind, layer + 1);
    layers.push({ ...reading, layer });
  }
  if (layers.length > 0) return { found: true, layers };
  const detail = 'the graph holds no Softmax between two products of computed tensors, and none of the fused attention operators';
  const remedy = 'Attention needs a transformer; for other models choose a method that perturbs the input.';
  return { found: false, refusal: { reason: 'NOTHING_FOUND', operator: null, node: null, detail, remedy } };
}

function readNode(index: GraphIndex, graph: ModelGraph, node: GraphNode, place: number): Reading {
  const name = nameNode(node, place);
  const operator = name.operator;
  if (refusedOperators.has(operator)) {
    const detail = `node ${JSON.stringify(name.node)} is a ${operator}, which keeps its probabilities to itself`;
    return { reason: 'OPERATOR_UNSUPPORTED', operator, node: name.node, detail, remedy: exportPlainly };
  }
  if (graph.functions.has(operator)) return readFunction(graph, node, name.node);
  if (operator === 'Softmax' || operator === 'com.microsoft:BiasSoftmax') return readSoftmax(index, graph, node, place);
  return readFusedAttention(index, node, place);
}

function readSoftmax(index: GraphIndex, graph: ModelGraph, node: GraphNode, place: number): Reading {
  const name = nameNode(node, place);
  const [input, bias] = node.inputs;
  const [output] = node.outputs;
  if (input === undefined || output === undefined) return null;
  const scores = traceScores(index, input);
  if (scores.found === 'weights') return null;
  const probabilities = traceProbabilities(index, output);
  if (scores.found === 'product' && probabilities !== null) {
    const axis = readAxis(index, graph, node);
    if (axis !== 'keys') return refuseHalf(name, `it sums over axis ${axis}, not over the keys`);
    return {
      ...name,
      kind: readKind(index, scores.query, scores.key, [...scores.masks, bias ?? '']),
      heads: findHeads(index, scores.query),
      exposure: { how: 'tensor', tensor: probabilities.tensor },
    };
  }
  // A distribution that is an answer of the model is not attention; one that goes into a product of unknown scores may be.
  const half = scores.found === 'product' ? index.readers(output).length > 0 : probabilities !== null;
  if (!half) return null;
  const missing = scores.found === 'product' ? 'the product with the values behind it' : 'the product of queries and keys before it';
  return refuseHalf(name, `${missing} is not found`);
}

function refuseHalf({ operator, node }: NodeName, what: string): AttentionRefusal {
  return {
    reason: 'INCOMPLETE',
    operator,
    node,
    detail: `the ${operator} of node ${JSON.stringify(node)} looks like attention, but ${what}`,
    remedy: 'Export the model with another attention implementation (attn_implementation="eager") or exporter.',
  };
}

/**
 * Over what a Softmax sums: 'keys' for the last axis, else the axis.
 *
 * Source: ONNX Softmax; before version 13 its axis is 1 where none is given, and all axes behind it are taken together.
 */
function readAxis(index: GraphIndex, graph: ModelGraph, node: GraphNode): 'keys' | number {
  if (node.opType !== 'Softmax') return 'keys';
  const axis = readInteger(node, 'axis') ?? ((graph.opsets.get('') ?? 13) < 13 ? 1 : -1);
  if (axis === -1) return 'keys';
  const rank = inferRank(index, node.inputs[0] ?? '');
  // Attention has rank 3 or 4; of an axis that could be the last one a run tells.
  const last = rank === null ? axis === 2 || axis === 3 : axis === rank - 1;
  return last ? 'keys' : axis;
}

/** A function that is left after inlining hides its nodes. */
function readFunction(graph: ModelGraph, node: GraphNode, name: string): AttentionRefusal | null {
  const operator = nameOperator(node.domain, node.opType);
  const hidden = (graph.functions.get(operator) ?? []).some(({ opType }) => opType === 'Softmax' || opType.includes('Attention'));
  if (!hidden) return null;
  return {
    reason: 'OPERATOR_UNSUPPORTED',
    operator,
    node: name,
    detail: `attention lies inside function ${operator} of the model, called by node ${JSON.stringify(name)}, which cannot be put in place`,
    remedy: 'Inline the functions of the model (onnx.inliner.inline_local_functions) or export it again.',
  };
}
