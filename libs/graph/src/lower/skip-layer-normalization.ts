import type { Lowering } from './lowering.js';
import { writeNormalization } from './write-normalization.js';
import { writeSkipSum } from './write-skip-sum.js';

/**
 * com.microsoft SkipLayerNormalization: the layer normalisation of input + skip + bias, with beta or without. The sum is its fourth output.
 *
 * Source: ONNX Runtime, docs/ContribOperators.md and contrib_ops/cpu/skip_layer_norm.cc, which leaves the second and third output, mean and
 * inverse deviation, unwritten; here they are what the text says.
 */
export const skipLayerNormalization: Lowering = {
  write: (fused, writer) => {
    writeNormalization(writer, {
      x: writeSkipSum(writer, fused.input(0), fused.input(1), fused.input(4), fused.output(3)),
      scale: fused.input(2),
      bias: fused.input(3),
      epsilon: fused.float('epsilon', 1e-12),
      outputs: { y: fused.output(0), mean: fused.output(1), inverse: fused.output(2) },
    });
  },
};
