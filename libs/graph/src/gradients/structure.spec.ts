import { describe, it } from '@jest/globals';
import { Tensor } from 'onnxruntime-node';
import { expectGradient, type GradientCase, type SizedCase } from '../../test/compare-gradient.js';
import { floats, int, int64 } from '../../test/compare-lowered.js';

const x = floats([2, 3, 4]);
const ints = (...values: readonly number[]) => ({ ints: values });
const stored = (name: string, values: readonly number[]) => [name, int64(values), 'stored'] as const;

describe('shapes', () => {
  it.each<readonly [string, SizedCase]>([
    ['Reshape', { op: 'Reshape', inputs: [['x', x], stored('s', [4, -1])] }],
    ['Reshape of rows that vary', (rows) => ({ op: 'Reshape', inputs: [['x', floats([rows, 6])], stored('s', [0, 2, 3])] })],
    ['Reshape that joins rows', (rows) => ({ op: 'Reshape', inputs: [['x', floats([rows, 5, 6])], stored('s', [-1, 6])] })],
    ['Reshape of two open axes', (rows) => ({ op: 'Reshape', inputs: [['x', floats([rows, rows + 4, 6])], stored('s', [-1])] })],
    ['Flatten', (rows) => ({ op: 'Flatten', inputs: [['x', floats([rows, 3, 4])]] })],
    ['Flatten at a negative axis', { op: 'Flatten', inputs: [['x', x]], attributes: { axis: int(-1) } }],
    ['Flatten at axis 0', { op: 'Flatten', inputs: [['x', x]], attributes: { axis: int(0) } }],
    [
      'Squeeze by an attribute',
      { op: 'Squeeze', inputs: [['x', floats([2, 1, 4])]], attributes: { axes: ints(1) }, options: { opset: 11 } },
    ],
    ['Squeeze by an input', (rows) => ({ op: 'Squeeze', inputs: [['x', floats([rows, 1, 4])], stored('a', [-2])] })],
    ['Squeeze of all', { op: 'Squeeze', inputs: [['x', floats([2, 1, 4, 1])]] }],
    ['Unsqueeze by an attribute', { op: 'Unsqueeze', inputs: [['x', x]], attributes: { axes: ints(0, 2) }, options: { opset: 11 } }],
    ['Unsqueeze by an input', (rows) => ({ op: 'Unsqueeze', inputs: [['x', floats([rows, 3])], stored('a', [0, -1])] })],
    ['Transpose', (rows) => ({ op: 'Transpose', inputs: [['x', floats([rows, 3, 4])]], attributes: { perm: ints(2, 0, 1) } })],
    ['Transpose without order', { op: 'Transpose', inputs: [['x', x]] }],
    ['Expand by fewer axes than there are', { op: 'Expand', inputs: [['x', floats([1, 3, 1])], stored('s', [4])] }],
    ['Expand', (rows) => ({ op: 'Expand', inputs: [['x', floats([rows, 1, 4])], stored('s', [2, 1, 3, 1])] })],
    [
      'Expand to rows that vary',
      (rows) => ({
        op: 'Expand',
        inputs: [
          ['x', floats([1, 4])],
          ['s', int64([rows, 1])],
        ],
      }),
    ],
  ])('%s', async (_name, one) => {
    await expectGradient(one);
  });
});

describe('Concat', () => {
  const parts = [
    ['a', floats([2, 3, 4])],
    ['b', floats([2, 3, 1], 30)],
    ['c', floats([2, 3, 2], 60)],
  ] as const;
  it.each<readonly [string, SizedCase]>([
    ['on a negative axis', { op: 'Concat', inputs: parts, attributes: { axis: int(-1) } }],
    ['where not all are wanted', { op: 'Concat', inputs: parts, attributes: { axis: int(2) }, wanted: ['b'] }],
    [
      'with one that has nothing',
      {
        op: 'Concat',
        inputs: [
          ['a', x],
          ['e', floats([2, 0, 4]), 'stored'],
          ['b', floats([2, 1, 4], 30)],
        ],
        attributes: { axis: int(1) },
      },
    ],
    ['of one', { op: 'Concat', inputs: [['a', x]], attributes: { axis: int(0) } }],
    [
      'of one twice',
      {
        op: 'Concat',
        inputs: [
          ['a', x],
          ['a', x],
        ],
        attributes: { axis: int(1) },
      },
    ],
    [
      'on an axis that varies',
      (rows) => ({
        op: 'Concat',
        inputs: [
          ['a', floats([rows, 3])],
          ['b', floats([rows + 1, 3], 30)],
        ],
        attributes: { axis: int(0) },
      }),
    ],
  ])('%s', async (_name, one) => {
    await expectGradient(one);
  });
});

describe('Split', () => {
  const split = (more: Partial<GradientCase>): GradientCase => ({
    op: 'Split',
    inputs: [['x', floats([2, 6])]],
    outputs: ['y', 'z'],
    ...more,
  });
  const both = { more: [{ op: 'Mul', inputs: ['y', 'z'], outputs: ['w'] }], of: 'w' };
  it.each<readonly [string, SizedCase]>([
    ['in halves', split({ attributes: { axis: int(-1) }, ...both })],
    ['with a part that nothing reads', split({ attributes: { axis: int(1) } })],
    ['by an attribute', split({ attributes: { axis: int(1), split: ints(2, 4) }, options: { opset: 11 }, of: 'z' })],
    ['by an input', split({ inputs: [['x', floats([2, 6])], stored('s', [2, 4])], attributes: { axis: int(-1) }, of: 'z' })],
    ['by a count', split({ attributes: { axis: int(1), num_outputs: int(2) }, options: { opset: 18 }, ...both })],
    [
      'by a count that leaves a shorter last one',
      {
        ...split({ inputs: [['x', floats([2, 7])]], attributes: { axis: int(-1), num_outputs: int(3) }, options: { opset: 18 } }),
        outputs: ['y', 'z', 'w'],
        of: 'z',
      },
    ],
    ['by an attribute, on a negative axis', split({ attributes: { axis: int(-1), split: ints(2, 4) }, options: { opset: 11 }, of: 'z' })],
    ['of an axis that varies', (rows) => split({ inputs: [['x', floats([2 * rows, 3])]], ...both })],
  ])('%s', async (_name, one) => {
    await expectGradient(one);
  });
});

describe('Slice', () => {
  const last = Number.MAX_SAFE_INTEGER;
  const cut = (starts: readonly number[], ends: readonly number[], axes?: readonly number[], steps?: readonly number[]): GradientCase => ({
    op: 'Slice',
    inputs: [
      ['x', floats([4, 5, 6])],
      stored('starts', starts),
      stored('ends', ends),
      axes === undefined ? null : stored('axes', axes),
      ...(steps === undefined ? [] : [stored('steps', steps)]),
    ],
  });
  it.each<readonly [string, SizedCase]>([
    ['of the first axes', cut([1, 0], [3, 2])],
    ['of a negative axis', cut([2], [5], [-1])],
    ['from and to negative places', cut([-4], [-1], [1])],
    ['up to the end', cut([1, 2], [last, last], [0, 2])],
    ['beyond both ends', cut([-100, 0], [100, 100], [0, 1])],
    ['by steps', cut([0, 1], [last, last], [1, 2], [2, 3])],
    ['by steps of 1', cut([1], [3], [1], [1])],
    ['backwards', cut([-1], [-last], [2], [-1])],
    ['backwards by steps, and forwards', cut([4, 1], [-100, 4], [2, 0], [-2, 1])],
    [
      'of 32-bit places',
      {
        ...cut([], []),
        inputs: [
          ['x', floats([4, 5])],
          ['s', new Tensor('int32', [1], [1]), 'stored'],
          ['e', new Tensor('int32', [3], [1]), 'stored'],
        ],
      },
    ],
    [
      'of nothing',
      { ...cut([3], [3], [1]), more: [{ op: 'Concat', inputs: ['x', 'y'], outputs: ['z'], attributes: { axis: int(1) } }], of: 'z' },
    ],
    [
      'of an axis that varies',
      (rows) => ({
        ...cut([1], [last], [0]),
        inputs: [['x', floats([rows + 1, 3])], stored('s', [-2]), stored('e', [last]), stored('a', [0])],
      }),
    ],
    [
      'to places that vary',
      (rows) => ({
        ...cut([1], [last], [0]),
        inputs: [['x', floats([7, 3])], stored('s', [1]), ['e', int64([rows + 1])], stored('a', [0])],
      }),
    ],
    [
      'by steps of an axis that varies',
      (rows) => ({
        op: 'Slice',
        inputs: [['x', floats([3, 2 * rows + 1])], stored('s', [-1]), stored('e', [-last]), stored('a', [1]), stored('t', [-2])],
      }),
    ],
  ])('%s', async (_name, one) => {
    await expectGradient(one);
  });

  it('up to the largest integer', async () => {
    const end = new Tensor('int64', BigInt64Array.of(2n ** 63n - 1n), [1]);
    await expectGradient((rows) => ({ op: 'Slice', inputs: [['x', floats([rows, 3])], stored('s', [1]), ['e', end], stored('a', [0])] }));
  });
});
