import { describe, expect, it } from '@jest/globals';
import { Tensor } from 'onnxruntime-node';
import { compareGradient, differentiateCase, expectGradient, type GradientCase } from '../../test/compare-gradient.js';
import { apart, floats, int, int64 } from '../../test/compare-lowered.js';

/** Operators of ai.onnx.ml, which give float32 whatever they read. */
const classical = { domain: 'ai.onnx.ml', float: 'float32' } as const;
/** Linear in its input, so that differences of large steps are exact to the rounding of float32. */
const linear = { ...classical, step: 1, tolerance: 1e-5 } as const;
const wave = (count: number, from = 40): readonly number[] => [...floats([count], from).data].map(Number);
/** The node reads float64 and gives float32, which is read as float64 again. */
const wide = { float: 'float64', more: [{ op: 'Cast', inputs: ['y'], outputs: ['z'], attributes: { to: int(11) } }], of: 'z' } as const;

describe('Scaler', () => {
  const columns = { offset: wave(3, 10), scale: wave(3) };
  it.each<readonly [string, (rows: number) => GradientCase]>([
    ['a scale for each column', (rows) => ({ op: 'Scaler', ...linear, inputs: [['x', floats([rows, 3])]], attributes: columns })],
    [
      'one for all',
      (rows) => ({ op: 'Scaler', ...linear, inputs: [['x', floats([rows, 3])]], attributes: { offset: [0.3], scale: [2.5] } }),
    ],
    [
      'one column',
      (rows) => ({ op: 'Scaler', ...linear, inputs: [['x', floats([rows, 1])]], attributes: { offset: [0.3], scale: [2.5] } }),
    ],
    ['a list', () => ({ op: 'Scaler', ...linear, inputs: [['x', floats([3])]], attributes: columns })],
    [
      'one for all of three axes',
      () => ({ op: 'Scaler', ...linear, inputs: [['x', floats([2, 3, 2])]], attributes: { offset: [0], scale: [3] } }),
    ],
    ['float64', (rows) => ({ op: 'Scaler', ...linear, ...wide, inputs: [['x', floats([rows, 3])]], attributes: columns })],
  ])('%s', async (_name, one) => {
    await expectGradient(one);
  });

  it('refuses columns of a tensor of three axes', async () => {
    const one: GradientCase = {
      op: 'Scaler',
      ...linear,
      inputs: [['x', floats([2, 2, 2])]],
      attributes: { offset: [0, 1], scale: [1, 2] },
    };
    expect(await differentiateCase(one)).toMatchObject({
      operator: 'ai.onnx.ml:Scaler',
      detail: expect.stringContaining('3 axes') as unknown,
    });
  });
});

describe('LinearRegressor', () => {
  it.each<readonly [string, (rows: number) => GradientCase]>([
    ['one target', (rows) => ({ ...regressor(3, 1), inputs: [['x', floats([rows, 3])]] })],
    ['three targets', (rows) => ({ ...regressor(4, 3), inputs: [['x', floats([rows, 4])]] })],
    ['one column', (rows) => ({ ...regressor(1, 2), inputs: [['x', floats([rows, 1])]] })],
    ['a list', () => ({ ...regressor(3, 2), inputs: [['x', floats([3])]] })],
    [
      'without intercepts',
      (rows) => ({ ...linear, op: 'LinearRegressor', inputs: [['x', floats([rows, 3])]], attributes: { coefficients: wave(3) } }),
    ],
  ])('%s', async (_name, one) => {
    await expectGradient(one);
  });

  it.each(['LOGISTIC', 'SOFTMAX', 'SOFTMAX_ZERO', 'PROBIT'])('refuses %s', async (transform) => {
    const { attributes, ...one } = regressor(3, 2);
    const refused = await differentiateCase({
      ...one,
      inputs: [['x', floats([2, 3])]],
      attributes: { ...attributes, post_transform: transform },
    });
    expect(refused).toMatchObject({ operator: 'ai.onnx.ml:LinearRegressor', detail: expect.stringContaining(transform) as unknown });
  });
});

function regressor(columns: number, targets: number) {
  const attributes = { coefficients: wave(columns * targets), intercepts: wave(targets, 90), targets: int(targets) };
  return { ...linear, op: 'LinearRegressor', attributes };
}

function classifier(columns: number, sets: number, transform: string, classes = Math.max(2, sets)) {
  return {
    ...(transform === 'NONE' ? linear : classical),
    op: 'LinearClassifier',
    outputs: ['label', 'y'],
    of: 'y',
    attributes: {
      coefficients: wave(columns * sets),
      intercepts: wave(sets, 90),
      classlabels_ints: { ints: Array.from({ length: classes }, (_, at) => at) },
      post_transform: transform,
    },
  };
}

describe('LinearClassifier', () => {
  const sizes = [
    ['three classes', 4, 3],
    ['two classes', 4, 2],
    ['one set for two classes', 4, 1],
    ['one column', 1, 3],
    ['one column and one set', 1, 1],
  ] as const;
  it.each(sizes.flatMap((size) => ['NONE', 'LOGISTIC', 'SOFTMAX'].map((transform) => [...size, transform] as const)))(
    '%s (%d columns, %d sets), %s',
    async (_name, columns, sets, transform) => {
      await expectGradient((rows) => ({ ...classifier(columns, sets, transform), inputs: [['x', floats([rows, columns])]] }));
    },
  );

  it('a list', async () => {
    await expectGradient({ ...classifier(3, 2, 'SOFTMAX'), inputs: [['x', floats([3])]] });
  });

  it('labels that are words', async () => {
    const one = classifier(3, 1, 'LOGISTIC');
    const { classlabels_ints: _, ...attributes } = one.attributes;
    const named = { ...attributes, classlabels_strings: { texts: ['no', 'yes'] } };
    await expectGradient((rows) => ({ ...one, attributes: named, inputs: [['x', floats([rows, 3])]] }));
  });

  it.each(['NONE', 'LOGISTIC', 'SOFTMAX'])('float64, %s', async (transform) => {
    const steps = { step: 0.05, tolerance: 1e-4 };
    await expectGradient((rows) => ({ ...classifier(4, 3, transform), ...wide, ...steps, inputs: [['x', floats([rows, 4])]] }));
    await expectGradient((rows) => ({ ...classifier(4, 1, transform), ...wide, ...steps, inputs: [['x', floats([rows, 4])]] }));
  });

  it.each(['SOFTMAX_ZERO', 'PROBIT'])('refuses %s', async (transform) => {
    const refused = await differentiateCase({ ...classifier(3, 2, transform), inputs: [['x', floats([2, 3])]] });
    expect(refused).toMatchObject({ operator: 'ai.onnx.ml:LinearClassifier', detail: expect.stringContaining(transform) as unknown });
  });
});

describe('Normalizer', () => {
  /** Numbers of both signs; no two are near to one another, nor to 0. */
  const mixed = (rows: number) => ['x', apart([rows, 4], 5)] as const;
  /** The largest of each row is below 0. */
  const negative = ['x', new Tensor('float32', Float32Array.of(-0.5, -4, -1, -2, -0.75, -3), [2, 3])] as const;
  const narrow = { ...classical, op: 'Normalizer', step: 0.005, tolerance: 2e-4 } as const;

  it.each(['L1', 'L2', 'MAX'])('%s', async (norm) => {
    await expectGradient((rows) => ({ ...narrow, inputs: [mixed(rows)], attributes: { norm } }));
    await expectGradient({ ...narrow, inputs: [negative], attributes: { norm } });
    await expectGradient({ ...narrow, inputs: [['x', apart([4], 5)]], attributes: { norm } });
    await expectGradient((rows) => ({ ...narrow, ...wide, inputs: [mixed(rows)], attributes: { norm } }));
  });

  it('MAX where nothing else is said', async () => {
    await expectGradient({ ...narrow, inputs: [negative] });
  });

  it.each(['L1', 'L2', 'MAX'])('%s of one column is constant', async (norm) => {
    const one = ['x', new Tensor('float32', Float32Array.of(-2, 3), [2, 1])] as const;
    const { gradients } = await compareGradient({ ...narrow, inputs: [one], attributes: { norm } });
    expect(numbers(gradients['x']).map(Math.abs)).toEqual([0, 0]);
  });

  it.each(['L1', 'L2', 'MAX'])('%s is 0 where there is nothing to divide by', async (norm) => {
    const row = ['x', new Tensor('float32', new Float32Array(3), [1, 3])] as const;
    const { gradients } = await compareGradient({ ...narrow, inputs: [row], attributes: { norm } });
    expect(numbers(gradients['x'])).toEqual([0, 0, 0]);
  });

  it('MAX is shared where several are the largest', async () => {
    const row = ['x', new Tensor('float32', Float32Array.of(2, 1, 2), [1, 3])] as const;
    const { gradients } = await compareGradient({ ...narrow, inputs: [row], attributes: { norm: 'MAX' } });
    const found = numbers(gradients['x']);
    const dy = numbers(floats([1, 3], 77));
    const share = dy.reduce((sum, value, at) => sum + value * (at === 1 ? 0.5 : 1), 0) / 2;
    dy.forEach((value, at) => expect(found[at]).toBeCloseTo((value - (at === 1 ? 0 : share)) / 2, 6));
  });
});

describe('Imputer', () => {
  const holed = new Tensor('float32', Float32Array.of(0.5, NaN, -2, NaN, 7, 0), [2, 3]);
  it.each([
    ['a number for each column', [1, 2, 3]],
    ['one for all', [1]],
  ])('passes what is no hole, %s', async (_name, values) => {
    const attributes = { imputed_value_floats: values, replaced_value_float: NaN };
    await expectGradient({ ...linear, op: 'Imputer', inputs: [['x', holed]], attributes });
    await expectGradient((rows) => ({ ...linear, op: 'Imputer', inputs: [['x', floats([rows, 3])]], attributes }));
  });

  it.each([
    ['7', { replaced_value_float: 7 }, 4],
    ['0 where nothing else is said', {}, 5],
  ])('has no gradient at the number that is replaced: %s', async (_name, attributes, at) => {
    const one = new Tensor('float32', Float32Array.of(0.5, 1, -2, 3, 7, 0), [2, 3]);
    const imputed = { ...attributes, imputed_value_floats: [1, 2, 3] };
    const { gradients } = await compareGradient({ ...linear, op: 'Imputer', inputs: [['x', one]], attributes: imputed });
    const dy = numbers(floats([2, 3], 77));
    expect(numbers(gradients['x'])).toEqual(dy.map((value, place) => (place === at ? 0 : value)));
  });
});

describe('ArrayFeatureExtractor', () => {
  it.each<readonly [string, (rows: number) => GradientCase]>([
    ['some columns, one of them twice', (rows) => extractor(floats([rows, 4]), [2, 0, 2])],
    ['one column', (rows) => extractor(floats([rows, 3]), [1])],
    ['of three axes', (rows) => extractor(floats([rows, 2, 4]), [3, 1])],
    ['a list', () => extractor(floats([4]), [2, 0, 2])],
    ['float64', (rows) => ({ ...extractor(floats([rows, 4]), [2, 0]), float: 'float64' })],
  ])('%s', async (_name, one) => {
    await expectGradient(one);
  });

  function extractor(x: Tensor, places: readonly number[]): GradientCase {
    const at = ['at', int64(places, [1, places.length]), 'stored'] as const;
    return { ...linear, op: 'ArrayFeatureExtractor', inputs: [['x', x], at] };
  }
});

function numbers(tensor: Tensor | null | undefined): readonly number[] {
  return [...(tensor?.data ?? [])].map(Number);
}
