import type { NodeName } from '../attention/attention-layer.js';
import { listBodies } from '../list-bodies.js';
import type { GraphNode } from '../model-graph.js';
import type { GradientRefusal } from './gradient-rule.js';
import { straightThroughRules } from './straight-through-rules.js';

/** Operators that round what they compute to whole numbers: the derivative is zero almost everywhere, and says nothing. */
const rounding =
  /^(?:Dynamic)?Quantize|Integer|^QLinear|^QAttention|^QGemm|^QOrdered|^QEmbed|^QMoE|^QMatMul|DynamicQuantize|^(?:Conv|MatMul)Integer/;

/** Why a node on the way from input to output rules out an exact gradient of any model; null where its operator's rule decides. */
export function refuseOperator(node: GraphNode, { operator, node: name }: NodeName): GradientRefusal | null {
  const subject = `node ${JSON.stringify(name)} (${operator})`;
  if (rounding.test(node.opType)) {
    const detail = `${subject} rounds its input to whole numbers, so that its derivative is zero almost everywhere`;
    const remedy = 'Supply the model in float32 or float16, as it was before it was quantised';
    const way = straightThroughRules.has(operator)
      ? ', or, where the capabilities offer one, ask for an approximation by "straightThrough": true in params'
      : '';
    return { operator, node: name, detail, remedy: `${remedy}${way}.` };
  }
  if (listBodies(node).length === 0) return null;
  const detail = `${subject} is control flow between the input and what is explained`;
  return { operator, node: name, detail, remedy: 'Export a graph without control flow, at a fixed number of steps.' };
}
