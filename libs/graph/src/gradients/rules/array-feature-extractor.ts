import { writeUnary } from './write-unary.js';

/** Columns of x by their places: dy at those, added up where one is taken twice. */
export const arrayFeatureExtractor = writeUnary(({ x, y, dy }, writer, node) => {
  const places = writer.add('Reshape', [node.input(1), writer.integers([-1n])]);
  const rank = node.facts.rank(y);
  const columns = writer.putBack(dy, places, rank - 1, rank, writer.lengthOf(x, node.rank(0) - 1));
  return node.rank(0) === rank ? columns : writer.add('Reshape', [columns, writer.integers([-1n])]);
});
