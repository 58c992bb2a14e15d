import type { AttributeInit } from '../edit/node-writer.js';
import type { FusedNode } from './fused-node.js';
import type { Lowering } from './lowering.js';
import { refuseActivation, writeActivation } from './write-activation.js';

/**
 * com.microsoft FusedConv: Conv, what is added to it, shaped as its output, and an activation behind them.
 *
 * Source: ONNX Runtime, docs/ContribOperators.md and core/providers/cpu/nn/conv.cc.
 */
export const fusedConv: Lowering = {
  refuse: (fused) => refuseActivation(fused.text('activation', '')),
  write: (fused, writer) => {
    const inputs = [0, 1, 2].slice(0, fused.has(2) ? 3 : 2).map((at) => fused.input(at));
    const convolved = writer.add('Conv', inputs, readConv(fused));
    const sum = fused.has(3) ? writer.add('Add', [convolved, fused.input(3)]) : convolved;
    const numbers = fused.node.attributes.get('activation_params');
    writeActivation(writer, fused.text('activation', ''), sum, numbers?.kind === 'floats' ? numbers.value : [], fused.output(0));
  },
};

/** The attributes that Conv has as well. */
function readConv(fused: FusedNode): Readonly<Record<string, AttributeInit>> {
  const kept = ['auto_pad', 'dilations', 'group', 'kernel_shape', 'pads', 'strides'].flatMap((name) => {
    const attribute = fused.node.attributes.get(name);
    const plain = attribute?.kind === 'int' || attribute?.kind === 'ints' || attribute?.kind === 'string';
    return plain ? [[name, attribute.value] as const] : [];
  });
  return Object.fromEntries(kept);
}
