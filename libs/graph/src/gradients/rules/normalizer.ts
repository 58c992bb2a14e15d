import { writeNormalised } from './write-normalised.js';
import { writeUnary } from './write-unary.js';

/**
 * Rows divided by their norm L1 or L2, or for MAX by their largest number m, which may be negative: (dy - e Σ(dy y)) / m with e the place of m, in
 * equal shares where it is at several; 0 where m is, and the runtime divides by nothing.
 */
export const normalizer = writeUnary(({ x, y, dy }, writer, node) => {
  const { type } = node.facts.of(y);
  const tensors = { x, y: writer.convert(y, type), dy: writer.convert(dy, type) };
  const axis = node.rank(0) - 1;
  const norm = node.text('norm', 'MAX');
  if (norm !== 'MAX') return writeNormalised(tensors, writer, axis, norm === 'L1' ? 1 : 2);
  const largest = writer.reduceLast('ReduceMax', x);
  const reached = writer.indicate(writer.add('Equal', [x, largest]));
  const places = writer.add('Div', [reached, writer.sumOver(reached, [axis], true)]);
  const along = writer.times(places, writer.sumOver(writer.times(tensors.dy, tensors.y), [axis], true));
  const rest = writer.add('Div', [writer.add('Sub', [tensors.dy, along]), largest]);
  return writer.dropWhere(writer.add('Equal', [largest, writer.number(0)]), rest);
});
