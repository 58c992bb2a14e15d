import { writeUnary } from '../rules/write-unary.js';
import { refuseChannels } from './refuse-channels.js';

/** Least and largest whole number of each type. */
const ranges: Readonly<Record<string, readonly [number, number]>> = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
  uint16: [0, 65535],
};

/** x / scale + zero point, rounded and cut: dY / scale where it was not cut, 0 where it was. */
export const quantizeLinear = writeUnary(
  ({ x, y, dy }, writer, node) => {
    const [scale, range] = [node.input(1), ranges[node.facts.of(y).type]];
    if (range === undefined) throw new RangeError(`node ${node.node.name} was to be refused`);
    const steps = writer.add('Round', [writer.add('Div', [x, scale])]);
    const number = node.has(2) ? writer.add('Add', [steps, writer.toFloat(node.input(2))]) : steps;
    const cut = writer.add('Clip', [number, writer.number(range[0]), writer.number(range[1])]);
    return writer.keepWhere(writer.add('Equal', [number, cut]), writer.add('Div', [writer.toFloat(dy), scale]));
  },
  (node) => {
    const { type } = node.facts.of(node.output(0));
    return ranges[type] === undefined ? `quantises to ${type}, which has no straight-through gradient here` : refuseChannels(node);
  },
);
