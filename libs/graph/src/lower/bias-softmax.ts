import type { Lowering } from './lowering.js';

/**
 * com.microsoft BiasSoftmax: softmax(x + bias) over the axes from `axis` on, taken together. The bias is broadcast as in Add, by whose
 * fusion the operator is made; `is_inner_broadcast` says the same of its shape once more.
 *
 * Source: ONNX Runtime, docs/ContribOperators.md and core/optimizer/bias_softmax_fusion.cc. It has no implementation for a processor.
 */
export const biasSoftmax: Lowering = {
  refuse: (fused) => {
    const axis = fused.integer('axis', 1);
    return axis < -1 && fused.rank(0) === null ? 'sums over axes that its rank would tell, which the graph does not' : null;
  },
  write: (fused, writer) => {
    const sum = writer.add('Add', [fused.input(0), fused.input(1)]);
    const given = fused.integer('axis', 1);
    const rank = fused.rank(0);
    const axis = given < -1 && rank !== null ? given + rank : given;
    if (axis === -1 || axis === (rank ?? NaN) - 1) {
      writer.add('Softmax', [sum], { axis: -1n }, fused.output(0));
      return;
    }
    const kept = Array.from({ length: axis }, () => 0n);
    const flat = writer.add('Reshape', [sum, writer.integers([...kept, -1n])]);
    writer.add('Reshape', [writer.add('Softmax', [flat], { axis: -1n }), writer.add('Shape', [sum])], {}, fused.output(0));
  },
};
