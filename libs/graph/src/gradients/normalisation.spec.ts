import { describe, expect, it } from '@jest/globals';
import { Tensor } from 'onnxruntime-node';
import { differentiateCase, expectGradient, type GradientCase, type SizedCase } from '../../test/compare-gradient.js';
import { apart, floats, int } from '../../test/compare-lowered.js';

describe('LayerNormalization', () => {
  it.each([
    [-1, true, 'float32'],
    [-1, false, 'float32'],
    [1, true, 'float32'],
    [-1, true, 'float64'],
    [1, true, 'float64'],
  ] as const)('from axis %d on, with a shift %p, in %s', async (axis, shifted, float) => {
    const normal = axis === -1 ? [6] : [3, 6];
    await expectGradient((rows) => ({
      op: 'LayerNormalization',
      inputs: [['x', floats([rows, 3, 6])], ['scale', floats(normal, 30)], ...(shifted ? [['shift', floats(normal, 60)] as const] : [])],
      attributes: { axis: int(axis), epsilon: 1e-3 },
      float,
      step: float === 'float32' ? 0.02 : 1e-3,
      // The kernel gives mean and deviation in float32.
      ...(float === 'float64' ? { tolerance: 1e-6 } : {}),
    }));
  });
});

describe('LayerNormalization whose mean or deviation is read', () => {
  const one: GradientCase = {
    op: 'LayerNormalization',
    inputs: [
      ['x', floats([3, 6])],
      ['scale', floats([6], 30), 'stored'],
    ],
    outputs: ['y', 'mean', 'inverse'],
    float: 'float32',
    step: 0.02,
    tolerance: 2e-4,
  };

  it.each(['mean', 'inverse'])('is refused where %s reaches the answer', async (name) => {
    const read = { ...one, more: [{ op: 'Mul', inputs: ['y', name], outputs: ['z'] }], of: 'z' };
    expect(await differentiateCase(read)).toMatchObject({
      operator: 'LayerNormalization',
      detail: expect.stringContaining('mean or deviation') as unknown,
    });
  });

  it.each(['mean', 'inverse'])('has its gradient where %s is read for its shape alone', async (name) => {
    const more = [
      { op: 'Shape', inputs: [name], outputs: ['shape'] },
      { op: 'ConstantOfShape', inputs: ['shape'], outputs: ['zeros'] },
      { op: 'Add', inputs: ['y', 'zeros'], outputs: ['z'] },
    ];
    await expectGradient({ ...one, more, of: 'z' });
  });
});

/** The kernels compute in float32: steps of 0.05 leave 1e-5 in numbers near 1. */
const narrow = { float: 'float32', tolerance: 2e-4 } as const;
const channels = (name: string, count: number, from: number) => [name, floats([count], from)] as const;
const fixed = (name: string, count: number, from: number) => [name, floats([count], from), 'stored'] as const;
const positive = new Tensor('float32', Float32Array.of(0.7, 1.3, 2.1), [3]);

describe('BatchNormalization', () => {
  it.each([
    [11, [2, 3, 4, 5]],
    [14, [2, 3]],
    [15, [2, 3, 4]],
  ] as const)('of opset %d, shape %p', async (opset, shape) => {
    await expectGradient({
      op: 'BatchNormalization',
      inputs: [
        ['x', floats(shape)],
        channels('scale', 3, 30),
        channels('shift', 3, 60),
        fixed('mean', 3, 90),
        ['variance', positive, 'stored'],
      ],
      attributes: { epsilon: 1e-3 },
      options: { opset },
    });
  });

  it('of rows that vary', async () => {
    await expectGradient((rows) => ({
      op: 'BatchNormalization',
      inputs: [
        ['x', floats([rows, 3, 4, 5])],
        channels('scale', 3, 30),
        channels('shift', 3, 60),
        fixed('mean', 3, 90),
        ['variance', positive, 'stored'],
      ],
    }));
  });

  it('refuses to train, and a mean that depends on the input', async () => {
    const inputs = [
      ['x', floats([2, 3])],
      fixed('scale', 3, 30),
      fixed('shift', 3, 60),
      fixed('mean', 3, 90),
      ['variance', positive, 'stored'],
    ] as const;
    const trained: GradientCase = {
      op: 'BatchNormalization',
      inputs,
      outputs: ['y', 'm', 'v'],
      attributes: { training_mode: int(1) },
      float: 'float32',
    };
    expect(await differentiateCase(trained)).toMatchObject({ detail: expect.stringContaining('training_mode') as unknown });
    const fed: GradientCase = { op: 'BatchNormalization', inputs: [...inputs.slice(0, 3), channels('mean', 3, 90), inputs[4]] };
    expect(await differentiateCase(fed)).toMatchObject({ detail: expect.stringContaining('mean or variance') as unknown });
  });
});

describe('normalisations of channels', () => {
  it.each<readonly [string, SizedCase]>([
    [
      'InstanceNormalization',
      {
        op: 'InstanceNormalization',
        inputs: [['x', floats([2, 3, 4, 5])], channels('scale', 3, 30), channels('shift', 3, 60)],
        attributes: { epsilon: 1e-3 },
        ...narrow,
      },
    ],
    [
      'InstanceNormalization of rows that vary',
      (rows) => ({
        op: 'InstanceNormalization',
        inputs: [['x', floats([rows, 3, 7])], channels('scale', 3, 30), channels('shift', 3, 60)],
        options: { opset: 11 },
        ...narrow,
      }),
    ],
    [
      'GroupNormalization, a scale for each group',
      (rows) => ({
        op: 'GroupNormalization',
        inputs: [['x', floats([rows, 6, 3, 2])], fixed('scale', 2, 30), fixed('shift', 2, 60)],
        attributes: { num_groups: int(2), epsilon: 1e-3 },
        options: { opset: 18 },
        ...narrow,
      }),
    ],
    [
      'GroupNormalization, a scale for each channel',
      (rows) => ({
        op: 'GroupNormalization',
        inputs: [['x', floats([rows, 6, 3, 2])], fixed('scale', 6, 30), fixed('shift', 6, 60)],
        attributes: { num_groups: int(2), epsilon: 1e-3 },
        options: { opset: 21 },
        ...narrow,
      }),
    ],
    [
      'GroupNormalization of numbers as small as its own epsilon',
      {
        op: 'GroupNormalization',
        inputs: [['x', floats([2, 6, 3], 0, 0.02)], fixed('scale', 6, 30), fixed('shift', 6, 60)],
        attributes: { num_groups: int(3) },
        options: { opset: 21 },
        float: 'float32',
        step: 5e-4,
        tolerance: 2e-3,
      },
    ],
    [
      'LRN by its own numbers',
      { op: 'LRN', inputs: [['x', floats([2, 5, 3, 2], 0, 9)]], attributes: { size: int(5) }, float: 'float32', tolerance: 5e-4 },
    ],
    ['LpNormalization as it stands', { op: 'LpNormalization', inputs: [['x', floats([3, 4], 1)]] }],
    ['LpNormalization of the first axis', { op: 'LpNormalization', inputs: [['x', floats([3, 4], 1)]], attributes: { axis: int(0) } }],
    ['LpNormalization of p 2', { op: 'LpNormalization', inputs: [['x', floats([2, 3, 4], 1)]], attributes: { axis: int(1) } }],
    ['LpNormalization of p 1', { op: 'LpNormalization', inputs: [['x', apart([2, 3, 4])]], attributes: { p: int(1) } }],
    [
      'LRN',
      { op: 'LRN', inputs: [['x', floats([2, 5, 3, 2])]], attributes: { size: int(3), alpha: 0.5, beta: 0.6, bias: 1.2 }, ...narrow },
    ],
  ])('%s', async (_name, one) => {
    await expectGradient(one);
  });
});
