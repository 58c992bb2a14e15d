import type { GradientRule } from '../gradient-rule.js';

/** Parts: joined again, zeros for what nothing reads. */
export const split: GradientRule = {
  write: (node, writer) => {
    const parts = node.node.outputs.map((output, at) => node.upstream(at) || writer.zerosLike(output));
    return [writer.add('Concat', parts, { axis: BigInt(node.axis('axis', 0)) })];
  },
  refuse: (node) => (node.node.outputs.includes('') ? 'leaves parts of its input out' : null),
};
