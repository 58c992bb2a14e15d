import { describe, expect, it } from '@jest/globals';
import { Tensor } from 'onnxruntime-node';
import { compareGradient, expectGradient, type GradientCase, type SizedCase } from '../../test/compare-gradient.js';
import { apart, floats, int } from '../../test/compare-lowered.js';

const ints = (...values: readonly number[]) => ({ ints: values });
const weightsOf = (shape: readonly number[]) => [...(floats(shape, 77).data as Float32Array)];

describe('MaxPool', () => {
  const pool = (shape: readonly number[], attributes: GradientCase['attributes']): GradientCase => ({
    op: 'MaxPool',
    inputs: [['x', apart(shape)]],
    attributes,
  });
  const forms: readonly (readonly [string, SizedCase])[] = [
    ['of one axis', pool([2, 2, 7], { kernel_shape: ints(3) })],
    ['side by side', pool([1, 2, 4, 6], { kernel_shape: ints(2, 2), strides: ints(2, 2) })],
    ['overlapping, with pads', pool([2, 1, 6, 7], { kernel_shape: ints(3, 3), strides: ints(2, 2), pads: ints(1, 1, 1, 1) })],
    ['with pads that differ', pool([1, 2, 5, 6], { kernel_shape: ints(3, 2), strides: ints(2, 1), pads: ints(0, 1, 2, 0) })],
    ['with ceil_mode', pool([1, 2, 6, 5], { kernel_shape: ints(3, 2), strides: ints(2, 2), ceil_mode: int(1) })],
    ['dilated', pool([1, 2, 6, 7], { kernel_shape: ints(2, 3), dilations: ints(2, 2) })],
    ['of three axes', pool([1, 1, 4, 3, 5], { kernel_shape: ints(2, 2, 3), strides: ints(2, 1, 1) })],
    ['SAME_UPPER', pool([1, 2, 6, 5], { kernel_shape: ints(3, 2), strides: ints(2, 2), auto_pad: 'SAME_UPPER' })],
    ['SAME_LOWER', pool([1, 2, 6, 5], { kernel_shape: ints(3, 2), strides: ints(2, 2), auto_pad: 'SAME_LOWER' })],
    ['with gaps', pool([1, 2, 7, 7], { kernel_shape: ints(2, 1), strides: ints(3, 3) })],
    ['of rows that vary', (rows) => pool([rows, 2, 4, 3], { kernel_shape: ints(2, 2) })],
    [
      'of sides that vary',
      (rows) => pool([1, 1, 2 * rows + 1, 5], { kernel_shape: ints(2, 3), strides: ints(2, 2), pads: ints(1, 1, 0, 1) }),
    ],
  ];
  it.each(forms.flatMap(([name, one]) => [12, 17].map((opset) => [name, opset, one] as const)))(
    '%s, opset %d',
    async (_name, opset, one) => {
      // Before version 16 windows are put back by ConvTranspose, which has a kernel for float32 alone.
      const options = { options: { opset }, ...(opset < 16 ? ({ float: 'float32', step: 0.004, tolerance: 1e-3 } as const) : {}) };
      await expectGradient(typeof one === 'function' ? (rows) => ({ ...one(rows), ...options }) : { ...one, ...options });
    },
  );

  it.each([12, 17])('gives all to the first where several are largest, opset %d', async (opset) => {
    const x = new Tensor('float32', Float32Array.of(1, 3, 3, 3, 0, 3), [1, 1, 2, 3]);
    const one = { ...pool([], { kernel_shape: ints(2, 2) }), inputs: [['x', x]] as const, options: { opset }, float: 'float32' as const };
    const [left = 0, right = 0] = weightsOf([1, 1, 1, 2]);
    const { gradients } = await compareGradient(one);
    expect([...(gradients['x']?.data ?? [])].map((value) => Number(value) + 0)).toEqual([0, Math.fround(left + right), 0, 0, 0, 0]);
  });

  it('whose indices are read as well', async () => {
    const more = [
      { op: 'Cast', inputs: ['at'], outputs: ['places'], attributes: { to: int(11) } },
      { op: 'Mul', inputs: ['y', 'places'], outputs: ['z'] },
    ];
    await expectGradient({ ...pool([1, 1, 4, 4], { kernel_shape: ints(2, 2) }), outputs: ['y', 'at'], more, of: 'z' });
  });
});

/** Linear: differences of any step are exact, and the kernels compute in float32. */
const linear = { float: 'float32', step: 1, tolerance: 1e-5 } as const;

describe('AveragePool', () => {
  const pool = (shape: readonly number[], attributes: GradientCase['attributes'], opset = 17): GradientCase => ({
    op: 'AveragePool',
    inputs: [['x', floats(shape)]],
    attributes,
    options: { opset },
    ...linear,
  });
  const forms = [0, 1].flatMap((include) =>
    [0, 1].flatMap((ceil) =>
      [11, 19].map((opset) => [`count_include_pad ${include}, ceil_mode ${ceil}, opset ${opset}`, include, ceil, opset] as const),
    ),
  );
  it.each(forms)('%s', async (_name, include, ceil, opset) => {
    const attributes = { count_include_pad: int(include), ceil_mode: int(ceil) };
    await expectGradient(
      pool([2, 2, 6, 7], { ...attributes, kernel_shape: ints(3, 2), strides: ints(2, 2), pads: ints(1, 0, 1, 1) }, opset),
    );
    await expectGradient(pool([1, 2, 6, 8], { ...attributes, kernel_shape: ints(3, 3), strides: ints(2, 3) }, opset));
  });

  it.each<readonly [string, SizedCase]>([
    ['of one axis', pool([1, 2, 7], { kernel_shape: ints(3) })],
    ['of three axes', pool([1, 1, 4, 3, 5], { kernel_shape: ints(2, 2, 3), strides: ints(2, 1, 1), pads: ints(0, 1, 1, 1, 0, 1) })],
    ['SAME_UPPER', pool([1, 2, 6, 5], { kernel_shape: ints(3, 2), strides: ints(2, 2), auto_pad: 'SAME_UPPER' })],
    [
      'SAME_LOWER',
      pool([1, 2, 6, 5], { kernel_shape: ints(3, 2), strides: ints(2, 2), auto_pad: 'SAME_LOWER', count_include_pad: int(1) }),
    ],
    ['dilated', pool([1, 2, 7, 7], { kernel_shape: ints(2, 3), dilations: ints(2, 2), pads: ints(1, 1, 1, 1) }, 19)],
    [
      'of rows and sides that vary',
      (rows) => pool([rows, 2, 2 * rows + 1, 5], { kernel_shape: ints(3, 2), strides: ints(2, 2), pads: ints(1, 1, 1, 1) }),
    ],
  ])('%s', async (_name, one) => {
    await expectGradient(one);
  });
});

describe('pools over all places', () => {
  it.each<readonly [string, SizedCase]>([
    ['GlobalAveragePool', (rows) => ({ op: 'GlobalAveragePool', inputs: [['x', floats([rows, 2, 3, 4])]], ...linear })],
    ['GlobalAveragePool of sides that vary', (rows) => ({ op: 'GlobalAveragePool', inputs: [['x', floats([1, 2, rows, 4])]], ...linear })],
    ['GlobalAveragePool of one axis', { op: 'GlobalAveragePool', inputs: [['x', floats([1, 2, 5])]], ...linear }],
    [
      'GlobalMaxPool',
      (rows) => ({ op: 'GlobalMaxPool', inputs: [['x', apart([rows, 2, 3, 4])]], float: 'float32', step: 0.002, tolerance: 1e-3 }),
    ],
    ['GlobalLpPool', { op: 'GlobalLpPool', inputs: [['x', apart([1, 2, 3, 4])]], float: 'float32' }],
    [
      'GlobalLpPool of p 1',
      {
        op: 'GlobalLpPool',
        inputs: [['x', apart([1, 2, 3, 2])]],
        attributes: { p: int(1) },
        float: 'float32',
        step: 0.004,
        tolerance: 1e-3,
      },
    ],
    [
      'GlobalLpPool of p 3',
      { op: 'GlobalLpPool', inputs: [['x', apart([1, 2, 3, 4], 5)]], attributes: { p: int(3) }, float: 'float32', tolerance: 1e-3 },
    ],
  ])('%s', async (_name, one) => {
    await expectGradient(one);
  });

  it('GlobalMaxPool gives all to the first where several are largest', async () => {
    const x = new Tensor('float32', Float32Array.of(1, 3, 3, 0), [1, 1, 2, 2]);
    const { gradients } = await compareGradient({ op: 'GlobalMaxPool', inputs: [['x', x]], float: 'float32' });
    expect([...(gradients['x']?.data ?? [])].map((value) => Number(value) + 0)).toEqual([0, ...weightsOf([1, 1, 1, 1]), 0, 0]);
  });
});

describe('LpPool', () => {
  const pool = (attributes: GradientCase['attributes'], more: Partial<GradientCase> = {}): GradientCase => ({
    op: 'LpPool',
    inputs: [['x', apart([1, 2, 5, 6])]],
    attributes,
    float: 'float32',
    ...more,
  });
  it.each<readonly [string, SizedCase]>([
    ['of p 2', pool({ kernel_shape: ints(2, 3), strides: ints(2, 1), pads: ints(1, 0, 0, 1) })],
    ['with ceil_mode', pool({ kernel_shape: ints(2, 3), strides: ints(2, 2), ceil_mode: int(1) }, { options: { opset: 18 } })],
    ['dilated', pool({ kernel_shape: ints(2, 3), dilations: ints(3, 2) }, { options: { opset: 18 } })],
    ['SAME_UPPER', pool({ kernel_shape: ints(3, 2), strides: ints(2, 2), auto_pad: 'SAME_UPPER' })],
    ['SAME_LOWER', pool({ kernel_shape: ints(3, 2), strides: ints(2, 2), auto_pad: 'SAME_LOWER' })],
    ['of one axis', pool({ kernel_shape: ints(3), strides: ints(2) }, { inputs: [['x', apart([1, 2, 7])]] })],
    [
      'of rows and sides that vary',
      (rows) => pool({ kernel_shape: ints(2, 2), strides: ints(2, 1) }, { inputs: [['x', apart([rows, 2, rows + 3, 3])]] }),
    ],
    ['of p 1', pool({ kernel_shape: ints(2, 2), p: int(1) }, { step: 0.004, tolerance: 1e-3 })],
    ['of p 3', pool({ kernel_shape: ints(3, 3), p: int(3), strides: ints(2, 2) }, { tolerance: 1e-3 })],
  ])('%s', async (_name, one) => {
    await expectGradient(one);
  });
});
