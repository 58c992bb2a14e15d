import { describe, expect, it } from '@jest/globals';
import { Tensor } from 'onnxruntime-node';
import { differentiateCase, expectGradient, type GradientCase, type SizedCase } from '../../test/compare-gradient.js';
import { floats, int, int64 } from '../../test/compare-lowered.js';

const stored = (name: string, values: readonly number[]) => [name, int64(values), 'stored'] as const;
const reals = (name: string, values: readonly number[]) =>
  [name, new Tensor('float32', Float32Array.from(values), [values.length]), 'stored'] as const;

describe('Pad', () => {
  const pad = (mode: string, pads: readonly number[], more: Partial<GradientCase> = {}): GradientCase => ({
    op: 'Pad',
    inputs: [['x', floats([3, 4, 5])], stored('pads', pads)],
    attributes: { mode },
    ...more,
  });
  it.each<readonly [string, SizedCase]>([
    ['with zeros', pad('constant', [1, 0, 2, 0, 3, 0])],
    [
      'with a number',
      pad('constant', [1, 0, 2, 0, 3, 0], {
        inputs: [['x', floats([3, 4, 5])], stored('pads', [1, 0, 2, 0, 3, 0]), ['v', floats([], 3), 'stored']],
      }),
    ],
    ['that cuts', pad('constant', [-1, 0, 0, 0, -2, -1])],
    ['that cuts and adds', pad('constant', [-1, 2, 0, 1, -2, -1])],
    [
      'on axes',
      pad('constant', [], {
        inputs: [['x', floats([3, 4, 5])], stored('pads', [1, 2, 0, 3]), null, stored('axes', [-1, 0])],
        options: { opset: 18 },
      }),
    ],
    ['that cuts and repeats the edge', pad('edge', [-1, 2, 0, 1, -2, -1])],
    ['that cuts and reflects', pad('reflect', [-1, 0, 1, 1, -2, 0])],
    ['that reflects', pad('reflect', [2, 0, 3, 1, 0, 4])],
    ['that repeats the edge', pad('edge', [2, 0, 3, 1, 0, 4])],
    ['that wraps', pad('wrap', [2, 0, 3, 1, 0, 4], { options: { opset: 19 } })],
    [
      'that reflects on axes',
      pad('reflect', [], {
        inputs: [['x', floats([3, 4, 5])], stored('pads', [1, 2, 0, 3]), null, stored('axes', [-1, 1])],
        options: { opset: 18 },
      }),
    ],
    ['of rows that vary', (rows) => pad('edge', [], { inputs: [['x', floats([rows, 3])], stored('pads', [0, 1, 0, 2])] })],
    ['of an axis that varies', (rows) => pad('reflect', [], { inputs: [['x', floats([2, rows])], stored('pads', [0, 1, 0, 1])] })],
    [
      'by as much as is fed',
      (rows) =>
        pad('constant', [], {
          inputs: [
            ['x', floats([2, 3])],
            ['pads', int64([0, rows, 1, 0])],
          ],
        }),
    ],
    ['of opset 11', pad('reflect', [1, 0, 2, 0, 3, 0], { options: { opset: 11 } })],
  ])('%s', async (_name, one) => {
    await expectGradient(one);
  });
});

/** Linear: differences of any step are exact, and the kernels compute in float32. */
const linear = { float: 'float32', step: 1, tolerance: 1e-5 } as const;

describe('Resize', () => {
  const scaled = (
    scales: readonly number[],
    attributes: GradientCase['attributes'],
    shape: readonly number[] = [1, 2, 4, 5],
  ): GradientCase => ({
    op: 'Resize',
    inputs: [['x', floats(shape)], null, reals('scales', scales)],
    attributes,
    ...linear,
  });
  const sized = (
    sizes: readonly number[],
    attributes: GradientCase['attributes'],
    shape: readonly number[] = [1, 2, 4, 5],
  ): GradientCase => ({
    op: 'Resize',
    inputs: [['x', floats(shape)], null, null, stored('sizes', sizes)],
    attributes,
    ...linear,
  });
  const coordinates = ['half_pixel', 'pytorch_half_pixel', 'align_corners', 'asymmetric'];
  it.each(coordinates.flatMap((mode) => ['nearest', 'linear'].map((by) => [by, mode] as const)))('%s, %s', async (mode, coordinate) => {
    const attributes = { mode, coordinate_transformation_mode: coordinate };
    await expectGradient(scaled([1, 1, 2, 2], attributes));
    await expectGradient(scaled([1, 1, 1.7, 0.6], attributes));
    await expectGradient(sized([1, 2, 7, 3], attributes));
  });

  it.each(['nearest', 'linear', 'cubic'].flatMap((mode) => [...coordinates, 'tf_half_pixel_for_nn'].map((by) => [mode, by] as const)))(
    '%s of opset 11, %s, where one side keeps its length',
    async (mode, coordinate) => {
      const one = scaled([1, 1, 1.7, 1], { mode, coordinate_transformation_mode: coordinate });
      const inputs = [['x', floats([1, 2, 4, 5])], reals('roi', []), reals('scales', [1, 1, 1.7, 1])] as const;
      await expectGradient({ ...one, inputs, options: { opset: 11 } });
    },
  );

  it.each(['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil'])('nearest by %s', async (nearest) => {
    await expectGradient(sized([1, 2, 7, 3], { mode: 'nearest', nearest_mode: nearest, coordinate_transformation_mode: 'asymmetric' }));
  });

  it.each<readonly [string, SizedCase]>([
    [
      'half_pixel_symmetric',
      { ...scaled([1, 1, 1.7, 0.6], { mode: 'linear', coordinate_transformation_mode: 'half_pixel_symmetric' }), options: { opset: 19 } },
    ],
    ['cubic', scaled([1, 1, 2, 1.5], { mode: 'cubic', cubic_coeff_a: -0.5 })],
    ['cubic without what lies outside', sized([1, 2, 7, 3], { mode: 'cubic', exclude_outside: int(1) })],
    ['antialiased', { ...sized([1, 2, 3, 2], { mode: 'linear', antialias: int(1) }), options: { opset: 18 } }],
    ['nearest of a rank of 3', scaled([1, 1, 2], { mode: 'nearest' }, [2, 3, 5])],
    ['linear of a rank of 5', scaled([1, 1, 2, 1.5, 2], { mode: 'linear' }, [1, 1, 2, 3, 2])],
    ['a scale that leaves the length', scaled([1, 1, 1.1, 1], { mode: 'linear' })],
    ['to one place', sized([1, 2, 1, 1], { mode: 'linear', coordinate_transformation_mode: 'pytorch_half_pixel' })],
    ['rows that vary', (rows) => scaled([1, 1, 2, 2], { mode: 'linear' }, [rows, 2, 3, 2])],
    ['sides that vary', (rows) => scaled([1, 1, 2, 2], { mode: 'nearest' }, [1, 2, rows + 1, 2])],
    [
      'sizes that are fed',
      (rows) => ({
        op: 'Resize',
        inputs: [['x', floats([rows, 2, 3, 4])], null, null, ['sizes', int64([rows, 2, 5, rows + 3])]],
        attributes: { mode: 'linear' },
        ...linear,
      }),
    ],
    [
      'on axes',
      {
        op: 'Resize',
        inputs: [['x', floats([1, 2, 4, 5])], null, reals('scales', [0.6, 2])],
        attributes: { mode: 'nearest', axes: { ints: [-1, 2] } },
        options: { opset: 18 },
        ...linear,
      },
    ],
    [
      'with empty lists for what is left out',
      {
        op: 'Resize',
        inputs: [['x', floats([1, 2, 4, 5])], reals('roi', []), reals('scales', []), stored('sizes', [1, 2, 7, 3])],
        attributes: { mode: 'linear' },
        options: { opset: 11 },
        ...linear,
      },
    ],
  ])('%s', async (_name, one) => {
    await expectGradient(one);
  });

  it('refuses to crop, and to keep the ratio of sides', async () => {
    const kept = {
      ...sized([8, 8], { mode: 'linear', keep_aspect_ratio_policy: 'not_larger', axes: { ints: [2, 3] } }),
      options: { opset: 18 },
    };
    expect(await differentiateCase(kept)).toHaveProperty('operator', 'Resize');
    const cropped = {
      ...scaled([1, 1, 2, 2], { mode: 'linear', coordinate_transformation_mode: 'tf_crop_and_resize' }),
      inputs: [['x', floats([1, 2, 4, 5])], reals('roi', [0, 0, 0, 0, 1, 1, 1, 1]), reals('scales', [1, 1, 2, 2])] as const,
    };
    expect(await differentiateCase(cropped)).toHaveProperty('operator', 'Resize');
  });
});

describe('blocks', () => {
  it.each<readonly [string, SizedCase]>([
    ['DepthToSpace', (rows) => ({ op: 'DepthToSpace', inputs: [['x', floats([rows, 8, 2, 3])]], attributes: { blocksize: int(2) } })],
    [
      'DepthToSpace by columns first',
      (rows) => ({ op: 'DepthToSpace', inputs: [['x', floats([rows, 8, 2, 3])]], attributes: { blocksize: int(2), mode: 'CRD' } }),
    ],
    ['SpaceToDepth', (rows) => ({ op: 'SpaceToDepth', inputs: [['x', floats([rows, 2, 4, 6])]], attributes: { blocksize: int(2) } })],
    ['Tile', (rows) => ({ op: 'Tile', inputs: [['x', floats([rows, 2, 3])], stored('repeats', [2, 1, 3])] })],
    [
      'Tile by what is fed',
      (rows) => ({
        op: 'Tile',
        inputs: [
          ['x', floats([2, 3])],
          ['repeats', int64([rows, 2])],
        ],
      }),
    ],
  ])('%s', async (_name, one) => {
    await expectGradient(one);
  });
});
