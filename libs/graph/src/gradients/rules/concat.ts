import type { GradientRule } from '../gradient-rule.js';

/** Joined tensors: to each its part. */
export const concat: GradientRule = {
  write: (node, writer) => {
    const axis = node.axis('axis', 0);
    const lengths = node.node.inputs.map((input) => writer.lengthOf(input, axis));
    let start = writer.integers([0n]);
    return node.node.inputs.map((_input, at) => {
      const end = writer.add('Add', [start, lengths[at] ?? '']);
      const part = node.wants(at) ? writer.slice(node.upstream(), start, end, BigInt(axis)) : '';
      start = end;
      return part;
    });
  },
};
