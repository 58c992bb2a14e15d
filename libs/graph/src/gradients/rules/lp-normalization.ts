import { writeNormalised } from './write-normalised.js';
import { writeUnary } from './write-unary.js';

/** x / ‖x‖ over an axis. */
export const lpNormalization = writeUnary((tensors, writer, node) =>
  writeNormalised(tensors, writer, node.axis('axis', -1), node.integer('p', 2)),
);
