import { describe, expect, it } from '@jest/globals';
import { differentiateCase, expectGradient, type SizedCase } from '../../test/compare-gradient.js';
import { floats, int, int32, int64 } from '../../test/compare-lowered.js';

describe('Gather', () => {
  const picks: readonly (readonly [string, readonly number[], readonly number[]])[] = [
    ['a scalar', [1], []],
    ['a negative scalar', [-1], []],
    ['a list', [2, 0], [2]],
    ['a list with repeats', [1, 1, 2, 1], [4]],
    ['a list with negative ones', [-1, 0, -2], [3]],
    ['a matrix', [0, 2, -1, 2, 1, 1], [2, 3]],
  ];
  const forms = picks.flatMap(([name, values, shape]) => [0, 1, 2, -1, -3].map((axis) => [name, axis, values, shape] as const));
  it.each(forms)('%s on axis %d', async (_name, axis, values, shape) => {
    await expectGradient({
      op: 'Gather',
      inputs: [
        ['x', floats([3, 4, 5])],
        ['at', int64(values, shape), 'stored'],
      ],
      attributes: { axis: int(axis) },
    });
  });

  it.each<readonly [string, SizedCase]>([
    [
      'of a list',
      {
        op: 'Gather',
        inputs: [
          ['x', floats([5])],
          ['at', int64([3, 3, 0]), 'stored'],
        ],
      },
    ],
    [
      'of a number in a list',
      {
        op: 'Gather',
        inputs: [
          ['x', floats([5])],
          ['at', int64([3], []), 'stored'],
        ],
      },
    ],
    [
      'by 32-bit places',
      {
        op: 'Gather',
        inputs: [
          ['x', floats([5, 2])],
          ['at', int32([3, -1, 3]), 'stored'],
        ],
      },
    ],
    [
      'of rows that vary',
      (rows) => ({
        op: 'Gather',
        inputs: [
          ['x', floats([rows, 5, 3])],
          ['at', int64([0, 4, 4]), 'stored'],
        ],
        attributes: { axis: int(1) },
      }),
    ],
    [
      'from an axis that varies',
      (rows) => ({
        op: 'Gather',
        inputs: [
          ['x', floats([2, rows])],
          ['at', int64([-1], []), 'stored'],
        ],
        attributes: { axis: int(1) },
      }),
    ],
    [
      'at places that vary',
      (rows) => ({
        op: 'Gather',
        inputs: [
          ['x', floats([6, 3])],
          [
            'at',
            int64(
              Array.from({ length: 2 * rows }, (_, at) => at % 5),
              [2, rows],
            ),
          ],
        ],
      }),
    ],
    [
      'of opset 11',
      {
        op: 'Gather',
        inputs: [
          ['x', floats([3, 4])],
          ['at', int64([1, -1, 1]), 'stored'],
        ],
        attributes: { axis: int(1) },
        options: { opset: 11 },
      },
    ],
  ])('%s', async (_name, one) => {
    await expectGradient(one);
  });

  it('in float32', async () => {
    await expectGradient({
      op: 'Gather',
      inputs: [
        ['x', floats([3, 4])],
        ['at', int32([1, -1, 1]), 'stored'],
      ],
      float: 'float32',
      step: 1,
    });
  });
});

describe('GatherElements', () => {
  it.each([0, 1, -1])('on axis %d, with repeats', async (axis) => {
    await expectGradient({
      op: 'GatherElements',
      inputs: [
        ['x', floats([3, 3])],
        ['at', int64([0, 2, 2, -1, 1, 2], [2, 3]), 'stored'],
      ],
      attributes: { axis: int(axis) },
    });
  });

  it('refuses before version 16', async () => {
    const one = {
      op: 'GatherElements',
      inputs: [
        ['x', floats([3, 3])],
        ['at', int64([0, 2, 2], [1, 3]), 'stored'],
      ] as const,
      options: { opset: 13 },
    };
    expect(await differentiateCase(one)).toHaveProperty('operator', 'GatherElements');
  });
});

describe('GatherND', () => {
  it.each<readonly [string, SizedCase]>([
    [
      'single numbers',
      {
        op: 'GatherND',
        inputs: [
          ['x', floats([3, 4])],
          ['at', int64([0, 1, 2, -1, 0, 1], [3, 2]), 'stored'],
        ],
      },
    ],
    [
      'rows',
      {
        op: 'GatherND',
        inputs: [
          ['x', floats([3, 4])],
          ['at', int64([2, 0, 2], [3, 1]), 'stored'],
        ],
      },
    ],
    [
      'of rows that vary',
      (rows) => ({
        op: 'GatherND',
        inputs: [
          ['x', floats([rows, 4])],
          ['at', int64([1, 1, 1], [3, 1]), 'stored'],
        ],
      }),
    ],
  ])('%s', async (_name, one) => {
    await expectGradient(one);
  });

  it('refuses to pick within a batch', async () => {
    const one = {
      op: 'GatherND',
      inputs: [
        ['x', floats([2, 4])],
        ['at', int64([0, 3], [2, 1]), 'stored'],
      ] as const,
      attributes: { batch_dims: int(1) },
    };
    expect(await differentiateCase(one)).toHaveProperty('operator', 'GatherND');
  });
});
