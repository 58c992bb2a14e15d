import type { FusedNode } from './fused-node.js';
import type { Lowering } from './lowering.js';
import { writeRootNormalization } from './write-normalization.js';

/**
 * SimplifiedLayerNormalization, which ONNX Runtime keeps among ai.onnx, and RMSNormalization of ai.onnx: x by the root of its mean square over
 * the axes from `axis` on.
 *
 * Source: ONNX Runtime, core/graph/contrib_ops/contrib_defs.cc and core/providers/cpu/nn/layer_norm_impl.cc; ONNX operator RMSNormalization-23.
 */
export const simplifiedLayerNormalization: Lowering = {
  refuse: (fused) => (findAxes(fused) === null ? 'normalises over axes that its rank would tell, which the graph does not' : null),
  write: (fused, writer) => {
    writeRootNormalization(writer, {
      x: fused.input(0),
      scale: fused.input(1),
      bias: '',
      axes: findAxes(fused) ?? [-1n],
      epsilon: fused.float('epsilon', 1e-5),
      outputs: { y: fused.output(0), inverse: fused.output(1) },
    });
  },
};

/** Counted from the end. */
function findAxes(fused: FusedNode): readonly bigint[] | null {
  const axis = fused.integer('axis', -1);
  const rank = axis < 0 ? 0 : fused.rank(0);
  if (rank === null) return null;
  const first = axis - rank;
  return Array.from({ length: -first }, (_, at) => BigInt(first + at));
}
