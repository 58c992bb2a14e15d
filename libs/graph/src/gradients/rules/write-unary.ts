import type { DifferentiatedNode } from '../differentiated-node.js';
import type { GradientRule } from '../gradient-rule.js';
import type { GradientWriter } from '../gradient-writer.js';

/** Tensors of an operator with one input and one output. */
export interface Unary {
  readonly x: string;
  readonly y: string;
  /** Gradient of the output. */
  readonly dy: string;
}

/** The rule of an operator whose first input alone has a derivative. */
export function writeUnary(
  gradient: (tensors: Unary, writer: GradientWriter, node: DifferentiatedNode) => string,
  refuse?: GradientRule['refuse'],
): GradientRule {
  const write: GradientRule['write'] = (node, writer) => [
    gradient({ x: node.input(0), y: node.output(0), dy: node.upstream() }, writer, node),
  ];
  return refuse === undefined ? { write } : { refuse, write };
}
