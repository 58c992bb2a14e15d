import { writeUnary } from './write-unary.js';

/** (x - offset) scale, one of each for all columns or for each of them: dy scale. */
export const scaler = writeUnary(
  ({ y, dy }, writer, node) => {
    const given = writer.convert(dy, node.facts.of(y).type);
    return writer.times(given, writer.convert(writer.floats(node.floats('scale')), 'float32'));
  },
  (node) => (node.rank(0) > 2 && node.floats('scale').length > 1 ? `scales the columns of a tensor of ${node.rank(0)} axes` : null),
);
