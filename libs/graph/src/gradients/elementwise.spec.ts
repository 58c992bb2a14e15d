import { describe, expect, it } from '@jest/globals';
import { Tensor } from 'onnxruntime-node';
import { compareGradient, differentiateCase, expectGradient, type GradientCase, type SizedCase } from '../../test/compare-gradient.js';
import { floats, int } from '../../test/compare-lowered.js';

const x = floats([2, 3, 4], 1);
/** Numbers in (0.5, 2.5). */
const positive = (shape: readonly number[], from: number): Tensor => {
  const numbers = Float32Array.from(floats(shape, from).data as Float32Array, (value) => value + 1.5);
  return new Tensor('float32', numbers, shape);
};
const list = (...values: readonly number[]) => new Tensor('float32', Float32Array.from(values), [values.length]);
const scalar = (value: number) => new Tensor('float32', Float32Array.of(value), []);
const bits = (values: readonly number[], shape: readonly number[]) => new Tensor('bool', Uint8Array.from(values), shape);
const unary = (op: string, more: Partial<GradientCase> = {}): GradientCase => ({ op, inputs: [['x', x]], ...more });

describe('functions of one number', () => {
  it.each<readonly [string, GradientCase]>([
    ['Abs', unary('Abs')],
    ['Cos', unary('Cos')],
    ['Erf', unary('Erf', { float: 'float32' })],
    ['Exp', unary('Exp')],
    ['Identity', unary('Identity')],
    ['Log', unary('Log', { inputs: [['x', positive([2, 3, 4], 0)]] })],
    ['Neg', unary('Neg')],
    ['Reciprocal', unary('Reciprocal', { inputs: [['x', positive([2, 3, 4], 5)]] })],
    ['Relu', unary('Relu')],
    ['Sigmoid', unary('Sigmoid')],
    ['Sin', unary('Sin')],
    ['Sqrt', unary('Sqrt', { inputs: [['x', positive([2, 3, 4], 9)]] })],
    ['Tanh', unary('Tanh')],
    ['Dropout', unary('Dropout')],
    ['Cast', unary('Cast', { float: 'float32', attributes: { to: int(11) }, more: [cast('y', 'z', 1)], of: 'z', step: 1 })],
    [
      'CastLike',
      {
        op: 'CastLike',
        inputs: [
          ['x', x],
          ['like', floats([1]), 'stored'],
        ],
        step: 1,
      },
    ],
    ['Cast of float64', unary('Cast', { attributes: { to: int(1) }, more: [cast('y', 'z', 11)], of: 'z', step: 0.5, tolerance: 1e-6 })],
  ])('%s', async (_name, one) => {
    await expectGradient(one);
  });

  it.each(['Ceil', 'Floor', 'Round', 'Sign'])('%s has slope 0', async (op) => {
    const { gradients } = await compareGradient(unary(op, { more: [{ op: 'Add', inputs: ['y', 'x'], outputs: ['z'] }], of: 'z' }));
    expect(gradients['x']?.data).toEqual(Float64Array.from(floats([2, 3, 4], 77).data as Float32Array));
  });

  it('is 0 at the kink of Relu and Abs, and 1 at the limits of Clip', async () => {
    const kink = list(0);
    const weight = (floats([1], 77).data as Float32Array)[0];
    for (const op of ['Relu', 'Abs'])
      expect(Number((await compareGradient(unary(op, { inputs: [['x', kink]] }))).gradients['x']?.data[0])).toBeCloseTo(0, 12);
    const clip = unary('Clip', {
      inputs: [
        ['x', kink],
        ['low', scalar(0), 'stored'],
        ['high', scalar(6), 'stored'],
      ],
    });
    expect((await compareGradient(clip)).gradients['x']?.data[0]).toBe(weight);
  });
});

function cast(input: string, output: string, to: number) {
  return { op: 'Cast', inputs: [input], outputs: [output], attributes: { to: int(to) } };
}

describe('functions of two', () => {
  const kernel = (op: string): Partial<GradientCase> => (op === 'Mean' ? { float: 'float32', step: 0.25 } : {});
  const shapes: readonly (readonly [string, readonly number[], readonly number[]])[] = [
    ['of one shape', [2, 3, 4], [2, 3, 4]],
    ['repeated on the left', [1, 3, 1], [2, 3, 4]],
    ['repeated on the right', [2, 3, 4], [2, 1, 4]],
    ['with less axes on the left', [4], [2, 3, 4]],
    ['with less axes on the right', [2, 3, 4], [3, 1]],
    ['repeated on both sides', [2, 1, 4], [3, 1]],
    ['with a scalar', [2, 3], []],
    ['with a length of 1 that is one', [2, 1], [1, 1]],
  ];
  const pairs = ['Add', 'Sub', 'Mul', 'Div', 'Pow', 'Max', 'Min', 'Sum', 'Mean'].flatMap((op) =>
    shapes.map(([name, a, b]): readonly [string, string, readonly number[], readonly number[]] => [op, name, a, b]),
  );
  it.each(pairs)('%s %s', async (op, _name, a, b) => {
    await expectGradient({
      op,
      inputs: [
        ['a', positive(a, 1)],
        ['b', positive(b, 41)],
      ],
      ...kernel(op),
    });
  });

  it.each(['Add', 'Mul', 'Div'])('%s of rows that vary', async (op) => {
    await expectGradient((rows) => ({
      op,
      inputs: [
        ['a', positive([rows, 1, 5], 1)],
        ['b', positive([rows, 3, 1], 30)],
      ],
    }));
    await expectGradient((rows) => ({
      op,
      inputs: [
        ['a', positive([1, 5], 1)],
        ['b', positive([rows, 5], 30)],
      ],
    }));
  });

  it('Mul of a tensor by itself', async () => {
    await expectGradient({
      op: 'Mul',
      inputs: [
        ['x', x],
        ['x', x],
      ],
      wanted: ['x'],
    });
  });

  it.each(['Div', 'Max', 'Mean', 'Min', 'Pow', 'Sub', 'Sum'])('%s of a tensor and itself', async (op) => {
    const own = ['x', positive([2, 3], 2)] as const;
    await expectGradient({ op, inputs: [own, own], ...kernel(op) });
  });

  it.each(['Max', 'Min', 'Sum', 'Mean'])('%s of one and of three', async (op) => {
    await expectGradient({ op, inputs: [['a', positive([2, 3], 1)]], ...kernel(op) });
    await expectGradient({
      op,
      inputs: [
        ['a', positive([2, 3], 1)],
        ['b', positive([3], 31)],
        ['c', positive([2, 1], 61)],
      ],
      ...kernel(op),
    });
  });

  it.each(['Max', 'Min'])('%s shares alike what is equal', async (op) => {
    const { gradients } = await compareGradient({
      op,
      inputs: [
        ['a', list(1, 2)],
        ['b', list(1, 2)],
      ],
    });
    const half = Array.from(floats([2], 77).data as Float32Array, (value) => value / 2);
    expect([...(gradients['a']?.data ?? [])]).toEqual(half);
    expect([...(gradients['b']?.data ?? [])]).toEqual(half);
  });
});

describe('Pow', () => {
  const base = ['x', positive([2, 3], 3)] as const;
  it.each([2, 3, 0.5, -1, 1, 0, 1.7])('of a constant %d', async (exponent) => {
    await expectGradient({ op: 'Pow', inputs: [base, ['c', scalar(exponent), 'stored']] });
    await expectGradient({ op: 'Pow', inputs: [base, ['c', list(exponent), 'stored']] });
  });

  it.each([2, 3, 1])('of numbers below 0, by a constant %d', async (exponent) => {
    await expectGradient({
      op: 'Pow',
      inputs: [
        ['x', x],
        ['c', scalar(exponent), 'stored'],
      ],
    });
  });

  it('by an integer', async () => {
    await expectGradient({ op: 'Pow', inputs: [base, ['c', new Tensor('int64', BigInt64Array.of(2n, 3n, 1n), [3]), 'stored']] });
  });

  it('by exponents of another type', async () => {
    const wide = new Tensor('float64', Float64Array.of(2, 0, 1.5), [3]);
    await expectGradient({ op: 'Pow', inputs: [base, ['c', wide, 'stored']], float: 'float32' });
    const fed: GradientCase = { op: 'Pow', inputs: [base, ['c', wide]], float: 'float32', wanted: ['x', 'c'] };
    expect(await differentiateCase(fed)).toMatchObject({ detail: expect.stringContaining('of another type') as unknown });
  });

  it.each([0, 1, 2, 3])('at 0, by a constant %d', async (exponent) => {
    await expectGradient({
      op: 'Pow',
      inputs: [
        ['x', list(0, 1, 2)],
        ['c', scalar(exponent), 'stored'],
      ],
    });
  });

  it('at 0, by an exponent each, 0 among them', async () => {
    await expectGradient({
      op: 'Pow',
      inputs: [
        ['x', list(0, 0, 0, 2)],
        ['c', list(0, 1, 2, 0), 'stored'],
      ],
    });
  });

  it('with respect to the exponent of 0', async () => {
    await expectGradient({
      op: 'Pow',
      inputs: [
        ['x', list(0, 2), 'stored'],
        ['c', list(2, 1.5)],
      ],
    });
  });
});

describe('Clip', () => {
  const [low, high] = [['low', scalar(-0.4), 'stored'] as const, ['high', scalar(0.5), 'stored'] as const];
  it.each<readonly [string, GradientCase['inputs']]>([
    ['both limits', [['x', x], low, high]],
    ['no lower limit', [['x', x], null, high]],
    ['no upper limit', [['x', x], low]],
    ['no limit', [['x', x]]],
  ])('with %s', async (_name, inputs) => {
    await expectGradient({ op: 'Clip', inputs });
  });

  it.each<readonly [string, GradientCase['inputs']]>([
    [
      'both limits',
      [
        ['x', x],
        ['low', scalar(-0.4)],
        ['high', scalar(0.5)],
      ],
    ],
    [
      'a lower limit',
      [
        ['x', x],
        ['low', scalar(-0.4)],
      ],
    ],
    ['an upper limit', [['x', x], null, ['high', scalar(0.5)]]],
    ['a lower limit beside a stored one', [['x', x], ['low', scalar(-0.4)], high]],
    [
      'limits that cross: the upper one is the answer',
      [
        ['x', x],
        ['low', scalar(0.5)],
        ['high', scalar(-0.4)],
      ],
    ],
    [
      'nothing but its limits',
      [
        ['x', x, 'stored'],
        ['low', scalar(-0.4)],
        ['high', scalar(0.5)],
      ],
    ],
  ])('with %s fed', async (_name, inputs) => {
    await expectGradient({ op: 'Clip', inputs });
  });
});

describe('Where', () => {
  const condition = (shape: readonly number[]) =>
    bits(
      Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, at) => ((at * 5) % 3) % 2),
      shape,
    );
  it.each<readonly [string, SizedCase]>([
    [
      'of one shape',
      {
        op: 'Where',
        inputs: [
          ['c', condition([2, 3])],
          ['a', floats([2, 3])],
          ['b', floats([2, 3], 9)],
        ],
      },
    ],
    [
      'with a condition that is repeated',
      {
        op: 'Where',
        inputs: [
          ['c', condition([3])],
          ['a', floats([2, 3])],
          ['b', floats([2, 3], 9)],
        ],
      },
    ],
    [
      'with sides that are repeated',
      {
        op: 'Where',
        inputs: [
          ['c', condition([2, 3])],
          ['a', floats([2, 1])],
          ['b', floats([], 9)],
        ],
      },
    ],
    [
      'of rows that vary',
      (rows) => ({
        op: 'Where',
        inputs: [
          ['c', condition([rows, 3])],
          ['a', floats([1, 3])],
          ['b', floats([rows, 1], 9)],
        ],
      }),
    ],
  ])('%s', async (_name, one) => {
    await expectGradient(one);
  });
});

describe('Dropout', () => {
  const training = (value: number): GradientCase => ({
    op: 'Dropout',
    inputs: [
      ['x', x],
      ['ratio', scalar(0.5), 'stored'],
      ['training', bits([value], []), 'stored'],
    ],
  });

  it('out of training hands its gradient on, and is refused in it', async () => {
    await expectGradient(training(0));
    await expectGradient({ ...training(0), outputs: ['y', 'mask'] });
    expect(await differentiateCase(training(1))).toMatchObject({ detail: expect.stringContaining('training_mode') as unknown });
  });
});

describe('a model of an old version', () => {
  it('is refused', async () => {
    const old = unary('Relu', { float: 'float32', options: { opset: 10 } });
    expect(await differentiateCase(old)).toMatchObject({ detail: expect.stringContaining('imports 10') as unknown });
  });
});
