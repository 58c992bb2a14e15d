import { describe, it } from '@jest/globals';
import { Tensor } from 'onnxruntime-node';
import { expectGradient, type GradientCase } from '../../test/compare-gradient.js';
import { apart, floats, int64 } from '../../test/compare-lowered.js';

const ints = (...values: readonly number[]) => ({ ints: values });
const positive = new Tensor('float32', Float32Array.of(0.7, 1.3, 2.1), [3]);

/** float16 keeps 11 bits: sums of some ten numbers are off by some 1e-3. */
const half = { float: 'float32', half: true, tolerance: 5e-3 } as const;

describe('in float16', () => {
  it.each<readonly [string, GradientCase]>([
    [
      'Mul',
      {
        op: 'Mul',
        inputs: [
          ['a', floats([2, 3])],
          ['b', floats([3], 9)],
        ],
        ...half,
      },
    ],
    [
      'MatMul',
      {
        op: 'MatMul',
        inputs: [
          ['a', floats([2, 3])],
          ['b', floats([3, 4], 9)],
        ],
        ...half,
      },
    ],
    ['Softmax', { op: 'Softmax', inputs: [['x', floats([2, 5])]], ...half }],
    ['ReduceMean', { op: 'ReduceMean', inputs: [['x', floats([2, 5])]], attributes: { axes: ints(1) }, ...half }],
    [
      'LayerNormalization',
      {
        op: 'LayerNormalization',
        inputs: [
          ['x', floats([2, 6])],
          ['g', floats([6], 9)],
        ],
        ...half,
      },
    ],
    [
      'Gather',
      {
        op: 'Gather',
        inputs: [
          ['x', floats([4, 3])],
          ['at', int64([1, -1, 1]), 'stored'],
        ],
        ...half,
      },
    ],
    [
      'GatherElements',
      {
        op: 'GatherElements',
        inputs: [
          ['x', floats([4, 3])],
          ['at', int64([1, 2, 1], [1, 3]), 'stored'],
        ],
        ...half,
      },
    ],
    [
      'GatherND',
      {
        op: 'GatherND',
        inputs: [
          ['x', floats([4, 3])],
          ['at', int64([1, 1, 0], [3, 1]), 'stored'],
        ],
        ...half,
      },
    ],
    [
      'Conv',
      {
        op: 'Conv',
        inputs: [
          ['x', floats([1, 2, 5, 5])],
          ['w', floats([3, 2, 3, 3], 9), 'stored'],
        ],
        attributes: { pads: ints(1, 1, 1, 1) },
        ...half,
      },
    ],
    ['MaxPool', { op: 'MaxPool', inputs: [['x', apart([1, 1, 5, 5])]], attributes: { kernel_shape: ints(2, 2) }, ...half, step: 0.004 }],
    [
      'AveragePool',
      {
        op: 'AveragePool',
        inputs: [['x', floats([1, 1, 5, 5])]],
        attributes: { kernel_shape: ints(2, 2), pads: ints(1, 0, 1, 0) },
        ...half,
      },
    ],
    ['GlobalAveragePool', { op: 'GlobalAveragePool', inputs: [['x', floats([1, 2, 5, 5])]], ...half }],
    [
      'BatchNormalization',
      {
        op: 'BatchNormalization',
        inputs: [
          ['x', floats([2, 3, 4])],
          ['scale', floats([3], 30), 'stored'],
          ['shift', floats([3], 60), 'stored'],
          ['mean', floats([3], 90), 'stored'],
          ['v', positive, 'stored'],
        ],
        ...half,
      },
    ],
    [
      'InstanceNormalization',
      {
        op: 'InstanceNormalization',
        inputs: [
          ['x', floats([1, 2, 3, 4])],
          ['s', floats([2], 30), 'stored'],
          ['b', floats([2], 60), 'stored'],
        ],
        ...half,
      },
    ],
    [
      'Pad',
      {
        op: 'Pad',
        inputs: [
          ['x', floats([2, 3])],
          ['pads', int64([0, 2, 0, 1]), 'stored'],
        ],
        attributes: { mode: 'reflect' },
        ...half,
      },
    ],
    [
      'Resize',
      {
        op: 'Resize',
        inputs: [['x', floats([1, 1, 3, 4])], null, null, ['sizes', int64([1, 1, 5, 6]), 'stored']],
        attributes: { mode: 'linear' },
        ...half,
      },
    ],
  ])('%s', async (_name, one) => {
    await expectGradient(one);
  });
});
