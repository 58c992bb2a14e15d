import type { Lowering } from './lowering.js';

/**
 * com.microsoft QuickGelu: x * sigmoid(alpha x), alpha 1.702 where it is left out.
 *
 * Source: ONNX Runtime, docs/ContribOperators.md.
 */
export const quickGelu: Lowering = {
  write: (fused, writer) => {
    const x = fused.input(0);
    const gate = writer.add('Sigmoid', [writer.add('Mul', [x, writer.number(fused.float('alpha', 1.702))])]);
    writer.add('Mul', [x, gate], {}, fused.output(0));
  },
};
