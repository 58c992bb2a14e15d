import { readFloat } from '../read-attribute.js';
import type { Lowering } from './lowering.js';
import { refuseActivation, writeActivation } from './write-activation.js';

/**
 * com.microsoft FusedGemm: Gemm, and an activation behind it.
 *
 * Source: ONNX Runtime, docs/ContribOperators.md and core/optimizer/gemm_activation_fusion.cc.
 */
export const fusedGemm: Lowering = {
  refuse: (fused) => refuseActivation(fused.text('activation', '')),
  write: (fused, writer) => {
    const inputs = [0, 1, 2].map((at) => fused.input(at)).filter((name) => name !== '');
    const product = writer.add('Gemm', inputs, {
      alpha: fused.float('alpha', 1),
      beta: fused.float('beta', 1),
      transA: BigInt(fused.integer('transA', 0)),
      transB: BigInt(fused.integer('transB', 0)),
    });
    const numbers = ['alpha', 'beta', 'gamma'].flatMap((name) => readFloat(fused.node, `activation_${name}`) ?? []);
    writeActivation(writer, fused.text('activation', ''), product, numbers, fused.output(0));
  },
};
