import type { GradientRule } from '../gradient-rule.js';

/** 1 from the lower limit up to the upper one, both included; 0 outside. */
export const clip: GradientRule = {
  write: (node, writer) => {
    const x = node.input(0);
    const [low, high] = [node.input(1), node.input(2)];
    // Written with what is outside, since there is no GreaterOrEqual before version 12.
    const kept = low === '' ? node.upstream() : writer.dropWhere(writer.add('Less', [x, low]), node.upstream());
    return [high === '' ? kept : writer.dropWhere(writer.add('Greater', [x, high]), kept)];
  },
};
