import type { GraphNode } from '../model-graph.js';
import type { GraphFacts } from './graph-facts.js';

/** Steps from floating-point numbers to floating-point numbers. */
const steps = new Set(['Ceil', 'Floor', 'Round', 'Sign']);

export interface FlatSearch {
  readonly facts: GraphFacts;
  /** Tensors that depend on what gradients are taken of. */
  readonly reached: ReadonlySet<string>;
  /** Whether a node that rounds hands its gradient on as if it did not. */
  readonly passes: (node: GraphNode) => boolean;
}

/**
 * Finds the nodes whose derivative is zero wherever they have one, and whose numbers the answer is computed with: steps, and what makes whole
 * numbers or truth values of floating-point numbers, where floating-point numbers are made of those alone. A condition that chooses among
 * numbers which have a gradient themselves is none.
 *
 * @param way nodes between what gradients are taken of and the answer, in the order of the graph
 * @param answer name of a floating-point tensor
 * @returns those of the way, in its order
 */
export function findFlat<Step extends { readonly node: GraphNode }>(
  way: readonly Step[],
  answer: string,
  { facts, reached, passes }: FlatSearch,
): readonly Step[] {
  const isFloat = (name: string) => facts.isFloat(name);
  /** Tensors whose numbers the answer is computed with. */
  const counting = new Set([answer]);
  const flat: Step[] = [];
  for (const step of [...way].reverse()) {
    const { opType, inputs, outputs } = step.node;
    if (!outputs.some((name) => counting.has(name))) continue;
    const read = inputs.filter((name) => reached.has(name));
    const isWhole = !outputs.some(isFloat);
    const readsFloats = read.some(isFloat);
    for (const name of read) if (isFloat(name) || !readsFloats) counting.add(name);
    if (!passes(step.node) && readsFloats && (isWhole || steps.has(opType))) flat.push(step);
  }
  return flat.reverse();
}
