import { describe, expect, it } from '@jest/globals';
import { Tensor } from 'onnxruntime-node';
import type { OnnxNode } from '#testing';
import { compareGradient, differentiateCase, expectGradient, type SizedCase } from '../../test/compare-gradient.js';
import { apart, floats, int, int64 } from '../../test/compare-lowered.js';

/** Numbers in (0.5, 2.5). */
const positive = (shape: readonly number[], from: number): Tensor =>
  new Tensor(
    'float32',
    Float32Array.from(floats(shape, from).data as Float32Array, (value) => value + 1.5),
    shape,
  );
const list = (...values: readonly number[]) => new Tensor('float32', Float32Array.from(values), [values.length]);

describe('reductions', () => {
  const operators = [
    'ReduceL1',
    'ReduceL2',
    'ReduceLogSumExp',
    'ReduceMax',
    'ReduceMean',
    'ReduceMin',
    'ReduceProd',
    'ReduceSum',
    'ReduceSumSquare',
  ];
  /** The version from which the axes are an input. */
  const asInput = (op: string) => (op === 'ReduceSum' ? 13 : 18);
  const reduce = (op: string, axes: readonly number[] | null, keepdims: 0 | 1, opset: number): SizedCase => {
    const input = axes !== null && opset >= asInput(op);
    const attributes = { keepdims: int(keepdims), ...(axes === null || input ? {} : { axes: { ints: axes } }) };
    return (rows) => ({
      op,
      inputs: [
        ['x', op === 'ReduceMax' || op === 'ReduceMin' ? apart([rows, 3, 5]) : positive([rows, 3, 5], 2)],
        ...(input ? [['axes', int64(axes), 'stored'] as const] : []),
      ],
      attributes,
      options: { opset },
    });
  };
  const forms = operators.flatMap((op) =>
    [11, 13, 18].flatMap((opset) => ([0, 1] as const).map((keep): readonly [string, number, 0 | 1] => [op, opset, keep])),
  );
  it.each(forms)('%s of opset %d, keepdims %d', async (op, opset, keep) => {
    for (const axes of [[-1], [1], [0, 2], null]) await expectGradient(reduce(op, axes, keep, opset));
  });

  it('ReduceProd of none, one and several zeros', async () => {
    const x = new Tensor('float32', Float32Array.of(2, -3, 0.5, 0, -3, 0.5, 0, 0, 1.5, 0, 0, 0), [4, 3]);
    await expectGradient({ op: 'ReduceProd', inputs: [['x', x]], attributes: { axes: { ints: [1] } } });
    await expectGradient({ op: 'ReduceProd', inputs: [['x', x]], attributes: { axes: { ints: [0] }, keepdims: int(0) } });
  });

  it('refuses axes that are fed', async () => {
    const one: SizedCase = (rows) => ({
      op: 'ReduceSum',
      inputs: [
        ['x', floats([3, 4, 5])],
        ['axes', int64([rows % 2])],
      ],
    });
    expect(await differentiateCase(one)).toMatchObject({
      operator: 'ReduceSum',
      detail: expect.stringContaining('axes that vary') as unknown,
    });
  });

  it('over no axis at all', async () => {
    const attributes = { noop_with_empty_axes: int(1) };
    await expectGradient({ op: 'ReduceSum', inputs: [['x', floats([2, 3])]], attributes });
    await expectGradient({ op: 'ReduceMean', inputs: [['x', floats([2, 3])]], attributes, options: { opset: 18 } });
  });

  it.each(operators)('%s of no axis, numbers themselves are left to it', async (op) => {
    const input = ['x', op === 'ReduceMax' || op === 'ReduceMin' ? apart([2, 3]) : positive([2, 3], 2)] as const;
    const attributes = { noop_with_empty_axes: int(1), keepdims: int(0) };
    await expectGradient({ op, inputs: [input], attributes, options: { opset: 18 } });
    await expectGradient({ op, inputs: [input, ['axes', int64([]), 'stored']], attributes, options: { opset: 18 } });
    await expectGradient({ op, inputs: [input, ['axes', int64([]), 'stored']], attributes: { keepdims: int(0) }, options: { opset: 18 } });
    await expectGradient({ op, inputs: [['x', new Tensor('float32', Float32Array.of(1.5), [])]], options: { opset: 18 } });
  });

  it.each(['ReduceLogSumExp', 'ReduceMax'])('%s of numbers of which one is masked', async (op) => {
    await expectGradient({
      op: 'Add',
      inputs: [
        ['x', apart([2, 3])],
        ['mask', list(0, -Infinity, 0), 'stored'],
      ],
      outputs: ['masked'],
      more: [{ op, inputs: ['masked'], outputs: ['y'], attributes: { axes: { ints: [1] } } }],
      of: 'y',
    });
  });

  it('of a fixed shape', async () => {
    await expectGradient({ op: 'ReduceMean', inputs: [['x', floats([2, 3, 4])]], attributes: { axes: { ints: [-2] }, keepdims: int(0) } });
  });

  it.each(['ReduceMax', 'ReduceMin'])('%s shares alike what is equal', async (op) => {
    const { gradients } = await compareGradient({ op, inputs: [['x', list(3, 3, 3)]], attributes: { keepdims: int(0) } });
    const third = ((floats([], 77).data as Float32Array)[0] ?? NaN) / 3;
    for (const value of gradients['x']?.data ?? []) expect(Number(value)).toBeCloseTo(third, 12);
  });

  it('ReduceL2 of zeros has slope 0', async () => {
    const { gradients } = await compareGradient({ op: 'ReduceL2', inputs: [['x', list(0, 0)]] });
    expect([...(gradients['x']?.data ?? [])].map(Number)).toEqual([0, 0]);
  });
});

describe('softmaxes', () => {
  const forms = ['Softmax', 'LogSoftmax'].flatMap((op) =>
    [11, 13].flatMap((opset) => [undefined, 0, 1, -1].map((axis): readonly [string, number, number | undefined] => [op, opset, axis])),
  );
  it.each(forms)('%s of opset %d, axis %p', async (op, opset, axis) => {
    const attributes = axis === undefined ? {} : { axis: int(axis) };
    await expectGradient((rows) => ({ op, inputs: [['x', floats([rows, 3, 5])]], attributes, options: { opset } }));
  });
});

describe('softmaxes of numbers of which one is masked', () => {
  it.each<readonly [string, readonly OnnxNode[]]>([
    ['Softmax', [{ op: 'Softmax', inputs: ['masked'], outputs: ['y'] }]],
    [
      'LogSoftmax',
      [
        { op: 'LogSoftmax', inputs: ['masked'], outputs: ['logs'] },
        { op: 'Exp', inputs: ['logs'], outputs: ['y'] },
      ],
    ],
  ])('%s', async (_name, more) => {
    await expectGradient({
      op: 'Add',
      inputs: [
        ['x', floats([2, 3])],
        ['mask', list(0, -Infinity, 0), 'stored'],
      ],
      outputs: ['masked'],
      more,
      of: 'y',
    });
  });
});

describe('CumSum', () => {
  const forms = [0, 1].flatMap((exclusive) => [0, 1].flatMap((reverse) => [1, -2].map((axis) => [exclusive, reverse, axis] as const)));
  it.each(forms)('exclusive %d, reverse %d, axis %d', async (exclusive, reverse, axis) => {
    const attributes = { exclusive: int(exclusive), reverse: int(reverse) };
    await expectGradient({
      op: 'CumSum',
      inputs: [
        ['x', floats([2, 3, 4])],
        ['axis', int64([axis], []), 'stored'],
      ],
      attributes,
    });
  });
});
