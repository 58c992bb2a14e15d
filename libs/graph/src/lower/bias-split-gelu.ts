import type { Lowering } from './lowering.js';
import { writeGelu } from './write-gelu.js';

/**
 * com.microsoft BiasSplitGelu: x [batch, tokens, width] + bias [width] in two halves of the width, the first times the gelu of the second.
 *
 * Source: ONNX Runtime, docs/ContribOperators.md. It has no implementation for a processor.
 */
export const biasSplitGelu: Lowering = {
  write: (fused, writer) => {
    const sum = writer.add('Add', [fused.input(0), fused.input(1)]);
    const half = writer.unsqueeze(writer.add('Div', [writer.length(sum, -1n), writer.integers(2n)]), [0n]);
    const left = writer.slice(sum, writer.integers([0n]), half, -1n);
    const right = writer.slice(sum, half, writer.lengths(sum, -1n), -1n);
    writer.add('Mul', [left, writeGelu(writer, right)], {}, fused.output(0));
  },
};
