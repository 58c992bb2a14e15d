import type { DifferentiatedNode } from '../differentiated-node.js';
import type { GradientWriter } from '../gradient-writer.js';

/** Why the axes of a reducing node are not known; null where they are. */
export function refuseAxes(node: DifferentiatedNode): string | null {
  return node.has(1) && node.values(1) === null ? 'reduces axes that vary' : null;
}

/** The axes that a reducing node sums over, counted from the front. */
export function reducedAxes(node: DifferentiatedNode): readonly number[] {
  const named = node.axes();
  if (named !== null) return named;
  if (node.integer('noop_with_empty_axes', 0) === 1) return [];
  return Array.from({ length: node.rank(0) }, (_, axis) => axis);
}

/** A tensor in the shape of a reducing node's output, with the axes that are gone put back at length 1. */
export function spread(node: DifferentiatedNode, writer: GradientWriter, tensor: string): string {
  const axes = reducedAxes(node);
  return node.integer('keepdims', 1) === 1 || axes.length === 0 ? tensor : writer.unsqueeze(tensor, axes.map(BigInt));
}
