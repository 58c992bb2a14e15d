import type { AttentionLayer } from '../attention/attention-layer.js';
import { nameNode } from '../attention/name-node.js';
import { traceScores } from '../attention/trace-scores.js';
import { GraphIndex } from '../graph-index.js';
import type { ModelGraph } from '../model-graph.js';
import type { GraphFacts } from './graph-facts.js';

/** The hidden states [batch, tokens, width] that a layer of attention reads. */
export interface HiddenStates {
  readonly tensor: string;
  /** Number of the layer, from 0. */
  readonly layer: number;
  /** What made them. */
  readonly operator: string;
}

const deepest = 24;
/** Operators between a flattened tensor and its product. */
const handsOn: ReadonlySet<string> = new Set(['Reshape', 'Flatten', 'QuantizeLinear', 'DequantizeLinear']);
/** Operators whose whole numbers stand for floating-point ones. */
const rounded: ReadonlySet<string> = new Set(['MatMulInteger', 'QuantizeLinear']);

/**
 * Finds what each layer of attention is projected from: the queries are followed back to a tensor of one vector for each token. Before the
 * first of its products with weights lies the layer's own normalisation, if it has one.
 *
 * @param graph with fused operators lowered
 * @param layers that `findAttention` gave for it
 * @returns one for each layer whose input is found, in their order
 */
export function findHiddenStates(graph: ModelGraph, facts: GraphFacts, layers: readonly AttentionLayer[]): readonly HiddenStates[] {
  const index = new GraphIndex(graph);
  return layers.flatMap(({ place, layer }) => {
    const traced = traceScores(index, graph.nodes[place]?.inputs[0] ?? '');
    const tensor = traced.found === 'product' ? findProjected(index, facts, traced.query, deepest) : null;
    const maker = tensor === null ? null : index.makerOf(tensor);
    if (tensor === null || maker === null) return [];
    return [{ tensor, layer, operator: nameNode(maker, index.placeOf(tensor) ?? 0).operator }];
  });
}

/** What the projection behind a tensor reads. */
function findProjected(index: GraphIndex, facts: GraphFacts, tensor: string, depth: number): string | null {
  const maker = index.makerOf(tensor);
  if (maker === null || depth === 0) return null;
  const [left = '', right = ''] = maker.inputs;
  const product = maker.opType === 'MatMul' || maker.opType === 'Gemm' || maker.opType === 'MatMulNBits';
  if (product && index.isConstant(right) && !index.isConstant(left)) return findWide(index, facts, left, depth);
  if (maker.opType === 'MatMulInteger' && index.isConstant(right)) {
    const rounding = index.makerOf(left);
    return rounding?.opType === 'DynamicQuantizeLinear' ? findWide(index, facts, rounding.inputs[0] ?? '', depth) : null;
  }
  const computed = maker.inputs.find(
    (name) => !index.isConstant(name) && (facts.isFloat(name) || rounded.has(index.makerOf(name)?.opType ?? '')),
  );
  return computed === undefined ? null : findProjected(index, facts, computed, depth - 1);
}

/** The tensor of rank 3 behind one that was flattened, and maybe rounded, for its product. */
function findWide(index: GraphIndex, facts: GraphFacts, tensor: string, depth: number): string | null {
  if (facts.rank(tensor) === 3 && facts.isFloat(tensor)) return tensor;
  const maker = index.makerOf(tensor);
  const before = maker?.inputs[0] ?? '';
  if (depth === 0 || maker === null || !handsOn.has(maker.opType)) return null;
  return findWide(index, facts, before, depth - 1);
}
