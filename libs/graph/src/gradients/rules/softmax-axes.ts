import type { DifferentiatedNode } from '../differentiated-node.js';

/**
 * Axes over which a softmax is 1 together.
 *
 * Source: ONNX operators Softmax-11, which flattens its input to two axes, and Softmax-13.
 */
export function softmaxAxes(node: DifferentiatedNode): readonly number[] {
  if (node.opset >= 13) return [node.axis('axis', -1)];
  const first = node.axis('axis', 1);
  return Array.from({ length: node.rank(0) - first }, (_, at) => first + at);
}
