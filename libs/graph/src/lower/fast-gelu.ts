import type { Lowering } from './lowering.js';
import { writeTanhGelu } from './write-gelu.js';

/**
 * com.microsoft FastGelu: the tanh form of gelu(x [..., width] + bias [width]), the bias may be left out.
 *
 * Source: ONNX Runtime, docs/ContribOperators.md and contrib_ops/cpu/bert/bias_gelu.cc.
 */
export const fastGelu: Lowering = {
  write: (fused, writer) => {
    const x = fused.has(1) ? writer.add('Add', [fused.input(0), fused.input(1)]) : fused.input(0);
    writeTanhGelu(writer, x, fused.output(0));
  },
};
