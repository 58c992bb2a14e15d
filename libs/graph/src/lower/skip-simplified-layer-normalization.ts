import type { Lowering } from './lowering.js';
import { writeRootNormalization } from './write-normalization.js';
import { writeSkipSum } from './write-skip-sum.js';

/**
 * com.microsoft SkipSimplifiedLayerNormalization: input + skip + bias by the root of its mean square. The sum is its fourth output.
 *
 * Source: ONNX Runtime, docs/ContribOperators.md and contrib_ops/cpu/skip_layer_norm.cc.
 */
export const skipSimplifiedLayerNormalization: Lowering = {
  refuse: (fused) => (fused.output(1) === '' ? null : 'gives a mean, which it has not'),
  write: (fused, writer) => {
    writeRootNormalization(writer, {
      x: writeSkipSum(writer, fused.input(0), fused.input(1), fused.input(3), fused.output(3)),
      scale: fused.input(2),
      bias: '',
      axes: [-1n],
      epsilon: fused.float('epsilon', 1e-12),
      outputs: { y: fused.output(0), inverse: fused.output(2) },
    });
  },
};
