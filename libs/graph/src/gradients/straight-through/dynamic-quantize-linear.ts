import { writeUnary } from '../rules/write-unary.js';

/** x / scale, rounded, with a scale that lets nothing saturate and counts as given: dY / scale. */
export const dynamicQuantizeLinear = writeUnary(({ dy }, writer, node) => writer.add('Div', [dy, node.forward(1)]));
