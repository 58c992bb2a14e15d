import type { NodeWriter } from '../edit/node-writer.js';

/** How an activation that is fused into another operator is written, from its input and the numbers that the node gives. */
type WriteActivation = (writer: NodeWriter, x: string, numbers: readonly number[], output: string) => void;

const alone =
  (opType: string): WriteActivation =>
  (writer, x, _numbers, output) => {
    writer.add(opType, [x], {}, output);
  };

const below = (writer: NodeWriter, x: string, other: string, output: string) => {
  writer.add('Where', [writer.add('Less', [x, writer.number(0)]), other, x], {}, output);
};

/** By the name of the operator that was fused. Numbers left out are those of that operator. */
const activations: ReadonlyMap<string, WriteActivation> = new Map<string, WriteActivation>([
  ['Relu', alone('Relu')],
  ['Sigmoid', alone('Sigmoid')],
  ['Tanh', alone('Tanh')],
  [
    'LeakyRelu',
    (writer, x, [alpha = 0.01], output) => {
      below(writer, x, writer.add('Mul', [x, writer.number(alpha)]), output);
    },
  ],
  [
    'Elu',
    (writer, x, [alpha = 1], output) => {
      const less = writer.add('Sub', [writer.add('Exp', [x]), writer.number(1)]);
      below(writer, x, writer.add('Mul', [less, writer.number(alpha)]), output);
    },
  ],
  [
    'Clip',
    (writer, x, [least = -3.4028234663852886e38, most = 3.4028234663852886e38], output) => {
      writer.add('Clip', [x, writer.number(least), writer.number(most)], {}, output);
    },
  ],
  [
    'HardSigmoid',
    (writer, x, [alpha = 0.2, beta = 0.5], output) => {
      const line = writer.add('Add', [writer.add('Mul', [x, writer.number(alpha)]), writer.number(beta)]);
      writer.add('Clip', [line, writer.number(0), writer.number(1)], {}, output);
    },
  ],
]);

/** Why an activation cannot be written out; null where it can, and where there is none. */
export function refuseActivation(name: string): string | null {
  return name === '' || activations.has(name) ? null : `is fused with ${name}`;
}

/**
 * Writes the activation of FusedGemm or FusedConv.
 *
 * Source: ONNX operators of those names; ONNX Runtime, core/optimizer/conv_activation_fusion.cc and gemm_activation_fusion.cc.
 *
 * @param numbers that the node gives, in the order of the activation's own attributes
 */
export function writeActivation(writer: NodeWriter, name: string, x: string, numbers: readonly number[], output: string): void {
  const write = activations.get(name) ?? alone('Identity');
  write(writer, x, numbers, output);
}
