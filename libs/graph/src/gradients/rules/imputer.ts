import { writeUnary } from './write-unary.js';

/** x, but a constant where x is `replaced_value_float`: dy where it is not. */
export const imputer = writeUnary(({ x, dy }, writer, node) => {
  const replaced = node.float('replaced_value_float', 0);
  const missing = Number.isNaN(replaced) ? writer.add('IsNaN', [x]) : writer.add('Equal', [x, writer.number(replaced)]);
  return writer.dropWhere(missing, dy);
});
