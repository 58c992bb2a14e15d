import { describe, it } from '@jest/globals';
import { Tensor } from 'onnxruntime-node';
import { expectGradient, type GradientCase, type SizedCase } from '../../test/compare-gradient.js';
import { apart, floats } from '../../test/compare-lowered.js';

/** Numbers in (-4, 4), none nearer than 0.04 to a whole or half number: no step meets a kink. */
const wide = new Tensor(
  'float32',
  Float32Array.of(-3.8, -3.2, -2.6, -1.9, -1.3, -0.7, -0.3, -0.1, 0.15, 0.4, 0.8, 1.2, 1.7, 2.3, 2.8, 3.4),
  [2, 8],
);
const one = (op: string, attributes: GradientCase['attributes'] = {}, more: Partial<GradientCase> = {}): GradientCase => ({
  op,
  inputs: [['x', wide]],
  attributes,
  float: 'float32',
  // Small enough for the kinks; rounding is then ε / h times outputs of size 3.
  step: 0.02,
  tolerance: 2e-4,
  ...more,
});
const scaled = (factor: number, shift = 0) =>
  new Tensor(
    'float32',
    Float32Array.from(floats([3, 4]).data as Float32Array, (value) => value * factor + shift),
    [3, 4],
  );

describe('activations', () => {
  it.each<readonly [string, SizedCase]>([
    ['Celu', one('Celu')],
    ['Celu with alpha', one('Celu', { alpha: 0.7 })],
    ['Elu', one('Elu')],
    ['Elu with alpha', one('Elu', { alpha: 0.7 })],
    ['HardSigmoid', one('HardSigmoid')],
    ['HardSigmoid with its own line', one('HardSigmoid', { alpha: 0.25, beta: 0.4 })],
    ['HardSwish', one('HardSwish')],
    ['LeakyRelu', one('LeakyRelu')],
    ['LeakyRelu with alpha', one('LeakyRelu', { alpha: 0.3 })],
    ['Mish', one('Mish', {}, { options: { opset: 18 } })],
    ['Selu', one('Selu')],
    ['Selu with its own numbers', one('Selu', { alpha: 1.2, gamma: 0.8 })],
    ['Shrink', one('Shrink', { lambd: 1, bias: 0.5 })],
    ['Shrink by its own limit', one('Shrink')],
    ['Softplus', one('Softplus')],
    ['Softsign', one('Softsign')],
    ['Swish', one('Swish', {}, { options: { opset: 24 } })],
    ['Swish with alpha', one('Swish', { alpha: 1.5 }, { options: { opset: 24 } })],
    ['ThresholdedRelu', one('ThresholdedRelu')],
    ['ThresholdedRelu with alpha', one('ThresholdedRelu', { alpha: 0.5 })],
  ])('%s', async (_name, sized) => {
    await expectGradient(sized);
  });

  it.each<readonly [string, number]>([
    ['Celu', 17],
    ['Elu', 17],
    ['Mish', 18],
    ['Selu', 17],
    ['Sigmoid', 17],
    ['Softplus', 17],
    ['Swish', 24],
    ['Tanh', 17],
  ])('%s is finite, and right, where exponents leave what floats hold', async (op, opset) => {
    const far = new Tensor('float32', Float32Array.of(-200, -95, 0.4, 95, 200), [5]);
    await expectGradient({ op, inputs: [['x', far]], float: 'float32', options: { opset }, tolerance: 5e-4 });
  });

  it.each<readonly [string, SizedCase]>([
    [
      'one slope',
      {
        op: 'PRelu',
        inputs: [
          ['x', apart([2, 3, 4])],
          ['slope', floats([1], 9)],
        ],
      },
    ],
    [
      'a slope for each channel',
      {
        op: 'PRelu',
        inputs: [
          ['x', apart([2, 3, 4])],
          ['slope', floats([3, 1], 9)],
        ],
      },
    ],
    [
      'a stored slope',
      {
        op: 'PRelu',
        inputs: [
          ['x', apart([2, 3, 4])],
          ['slope', floats([3, 1], 9), 'stored'],
        ],
      },
    ],
    [
      'rows that vary',
      (rows) => ({
        op: 'PRelu',
        inputs: [
          ['x', apart([rows, 3, 4])],
          ['slope', floats([3, 1], 9)],
        ],
      }),
    ],
  ])('PRelu with %s', async (_name, sized) => {
    await expectGradient(sized);
  });
});

describe('functions of angles', () => {
  it.each<readonly [string, Tensor]>([
    ['Acos', scaled(0.8)],
    ['Acosh', scaled(0.8, 2.2)],
    ['Asin', scaled(0.8)],
    ['Asinh', scaled(2)],
    ['Atan', scaled(2)],
    ['Atanh', scaled(0.8)],
    ['Cosh', scaled(2)],
    ['Sinh', scaled(2)],
    ['Tan', scaled(1)],
  ])('%s', async (op, x) => {
    await expectGradient({ op, inputs: [['x', x]], float: 'float32', step: 0.02, tolerance: 2e-4 });
  });
});
