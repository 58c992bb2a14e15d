import { writeUnary } from './write-unary.js';

/** x moved towards 0 beyond ±λ, 0 between: 1 beyond. */
export const shrink = writeUnary(({ x, dy }, writer, node) =>
  writer.keepWhere(writer.add('Greater', [writer.add('Abs', [x]), writer.number(node.float('lambd', 0.5))]), dy),
);
