import type { Lowering } from './lowering.js';

/**
 * com.microsoft BiasAdd: x [batch, tokens, width] + bias [width] + skip, shaped as x.
 *
 * Source: ONNX Runtime, docs/ContribOperators.md. It has no implementation for a processor.
 */
export const biasAdd: Lowering = {
  write: (fused, writer) => {
    writer.add('Add', [writer.add('Add', [fused.input(0), fused.input(1)]), fused.input(2)], {}, fused.output(0));
  },
};
