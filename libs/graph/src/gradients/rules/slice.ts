import { readSlice } from './read-slice.js';
import type { GradientRule } from '../gradient-rule.js';

/** A part of some axes: zeros around it, or between where steps were taken. */
export const slice: GradientRule = {
  write: (node, writer) => {
    const { x, axes, starts, ends, steps } = readSlice(node, writer);
    // From the last axis to the first each has still the shape it was cut to, and its own length comes back.
    const gradient = axes.reduce((dy, axis, at) => {
      const one = (list: string) => writer.slice(list, writer.integers([BigInt(at)]), writer.integers([BigInt(at + 1)]), 0n);
      const length = writer.lengthOf(x, axis);
      const range = writer.range(writer.add('Reshape', [length, writer.integers([])]));
      const cut = [range, one(starts), one(ends), writer.integers([0n])];
      const places = writer.add('Slice', steps === '' ? cut : [...cut, one(steps)]);
      return steps === '' ? pad(dy, places, axis, length) : writer.putBack(dy, places, axis, node.rank(0), length);
    }, node.upstream());
    return [gradient];

    /** Zeros before and behind: the places are in a row. */
    function pad(dy: string, places: string, axis: number, length: string): string {
      const count = writer.add('Shape', [places]);
      const limit = writer.add('Sub', [length, count]);
      const first = writer.add('Concat', [places, limit], { axis: 0n });
      const before = writer.slice(first, writer.integers([0n]), writer.integers([1n]), 0n);
      const behind = writer.add('Sub', [limit, before]);
      const rank = node.rank(0);
      const zeros = (many: number) => (many > 0 ? [writer.integers(Array.from({ length: many }, () => 0n))] : []);
      const pads = [...zeros(axis), before, ...zeros(rank - 1), behind, ...zeros(rank - 1 - axis)];
      return writer.add('Pad', [dy, writer.add('Concat', pads, { axis: 0n })], { mode: 'constant' });
    }
  },
};
