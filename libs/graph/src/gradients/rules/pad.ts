import type { DifferentiatedNode } from '../differentiated-node.js';
import type { GradientRule } from '../gradient-rule.js';
import type { GradientWriter } from '../gradient-writer.js';

/** Numbers around a tensor: what was added is cut off; what repeats the tensor (reflect, edge, wrap) is added back to where it came from. */
export const pad: GradientRule = {
  refuse: (node) => {
    if (node.wants(2)) return 'pads with a number that depends on the input';
    return node.has(3) && node.values(3) === null ? 'pads axes that vary' : null;
  },
  write: (node, writer) => [node.text('mode', 'constant') === 'constant' ? cut(node, writer) : putBack(node, writer)],
};

/** Padding by as much less than nothing; where the node itself cut, zeros come back. */
function cut(node: DifferentiatedNode, writer: GradientWriter): string {
  const pads = writer.negate(node.input(1));
  const inputs = node.has(3) ? [node.upstream(), pads, '', node.input(3)] : [node.upstream(), pads];
  return writer.add('Pad', inputs, { mode: 'constant' });
}

/** Axis by axis: the places that the padding repeats are what the same padding makes of 0, 1, 2... */
function putBack(node: DifferentiatedNode, writer: GradientWriter): string {
  const x = node.input(0);
  const rank = node.rank(0);
  const axes = (node.values(3) ?? Array.from({ length: rank }, (_, axis) => axis)).map((axis) => (axis < 0 ? axis + rank : axis));
  const known = node.values(1);
  return axes.reduce((gradient, axis, at) => {
    if (known?.[at] === 0 && known[at + axes.length] === 0) return gradient;
    const length = writer.lengthOf(x, axis);
    const one = (place: number) => writer.slice(node.input(1), writer.integers([BigInt(place)]), writer.integers([BigInt(place + 1)]), 0n);
    const pads = writer.add('Concat', [one(at), one(at + axes.length)], { axis: 0n });
    const range = writer.range(writer.add('Reshape', [length, writer.integers([])]));
    const places = writer.add('Pad', [range, pads], { mode: node.text('mode', 'constant') });
    return writer.putBack(gradient, places, axis, rank, length);
  }, node.upstream());
}
