import type { DifferentiatedNode } from '../differentiated-node.js';
import type { GradientWriter } from '../gradient-writer.js';

export interface SliceParts {
  readonly x: string;
  /** Counted from the front. */
  readonly axes: readonly number[];
  /** Lists of integers, one for each axis. */
  readonly starts: string;
  readonly ends: string;
  /** '' where every step is 1. */
  readonly steps: string;
}

/** What a Slice cuts, by its inputs. */
export function readSlice(node: DifferentiatedNode, writer: GradientWriter): SliceParts {
  const [starts, ends] = [wide(node.input(1)), wide(node.input(2))];
  const count = node.facts.of(node.input(1)).shapes[0]?.[0] ?? 0;
  const named = node.values(3) ?? Array.from({ length: count }, (_, axis) => axis);
  const steps = node.has(4) ? (node.values(4)?.every((step) => step === 1) === true ? '' : wide(node.input(4))) : '';
  const axes = named.map((axis) => (axis < 0 ? axis + node.rank(0) : axis));
  return { x: node.input(0), axes, starts, ends, steps };

  function wide(list: string): string {
    return node.facts.of(list).type === 'int64' ? list : writer.toInteger(list);
  }
}
