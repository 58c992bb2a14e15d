import { writeLinear } from './write-linear.js';
import { writeUnary } from './write-unary.js';

/** x Wᵀ + b with W [targets, columns]: dy W. */
export const linearRegressor = writeUnary(
  ({ y, dy }, writer, node) => writeLinear(node, writer, writer.convert(dy, node.facts.of(y).type), node.integer('targets', 1)),
  (node) => {
    const transform = node.text('post_transform', 'NONE');
    return transform === 'NONE' ? null : `transforms what it gives by ${transform}`;
  },
);
