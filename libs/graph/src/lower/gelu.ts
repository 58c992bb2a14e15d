import type { Lowering } from './lowering.js';
import { writeGelu, writeTanhGelu } from './write-gelu.js';

/**
 * Gelu of ai.onnx and com.microsoft: input [...] of any shape.
 *
 * Source: ONNX operator Gelu-20 (`approximate` "none" or "tanh"); ONNX Runtime contrib operator Gelu, which is the first of them.
 */
export const gelu: Lowering = {
  refuse: (fused) => (['none', 'tanh'].includes(fused.text('approximate', 'none')) ? null : 'approximates in a way that is not known'),
  write: (fused, writer) => {
    const write = fused.text('approximate', 'none') === 'tanh' ? writeTanhGelu : writeGelu;
    write(writer, fused.input(0), fused.output(0));
  },
};
