import type { GradientRule } from '../gradient-rule.js';

/** 1 from the lower limit up to the upper one, both included; 0 outside, where the limit has it. Where the limits cross, the upper one is the answer. */
export const clip: GradientRule = {
  write: (node, writer) => {
    const [x, low, high, dy] = [node.input(0), node.input(1), node.input(2), node.upstream()];
    // Written with what is outside, since there is no GreaterOrEqual before version 12.
    const below = () => writer.add('Less', [x, low]);
    const above = (tensor: string) => writer.add('Greater', [tensor, high]);
    const own = (gradient: string, at: number) => writer.unbroadcast(gradient, node.output(0), node.input(at));
    return [node.wants(0) ? writeInput() : '', node.wants(1) ? writeLow() : '', node.wants(2) ? writeHigh() : ''];

    function writeInput(): string {
      const kept = low === '' ? dy : writer.dropWhere(below(), dy);
      return high === '' ? kept : writer.dropWhere(above(x), kept);
    }

    function writeLow(): string {
      const gradient = own(writer.keepWhere(below(), dy), 1);
      return high === '' ? gradient : writer.dropWhere(above(low), gradient);
    }

    function writeHigh(): string {
      return own(writer.keepWhere(above(low === '' ? x : writer.add('Max', [x, low])), dy), 2);
    }
  },
};
