import type { Lowering } from './lowering.js';
import { writeGelu } from './write-gelu.js';

/**
 * com.microsoft BiasGelu: gelu(x [..., width] + bias [width]).
 *
 * Source: ONNX Runtime, docs/ContribOperators.md and contrib_ops/cpu/bert/bias_gelu.cc.
 */
export const biasGelu: Lowering = {
  write: (fused, writer) => {
    writeGelu(writer, writer.add('Add', [fused.input(0), fused.input(1)]), fused.output(0));
  },
};
