import { describe, expect, it } from '@jest/globals';
import { differentiateCase, expectGradient, type GradientCase, type SizedCase } from '../../test/compare-gradient.js';
import { floats, int } from '../../test/compare-lowered.js';

const ints = (...values: readonly number[]) => ({ ints: values });
/** Linear in what is fed: differences of any step are exact, and the kernels compute in float32. */
const linear = { float: 'float32', step: 1, tolerance: 1e-5 } as const;

describe('Conv', () => {
  const conv = (x: readonly number[], w: readonly number[], attributes: GradientCase['attributes'] = {}): GradientCase => ({
    op: 'Conv',
    inputs: [
      ['x', floats(x)],
      ['w', floats(w, 40), 'stored'],
      ['b', floats([w[0] ?? 0], 80)],
    ],
    attributes,
    ...linear,
  });
  it.each<readonly [string, SizedCase]>([
    ['of one axis', conv([2, 3, 7], [4, 3, 3])],
    ['of two axes', conv([2, 3, 5, 6], [4, 3, 3, 2])],
    ['of three axes', conv([1, 2, 4, 3, 5], [3, 2, 2, 2, 3], { pads: ints(1, 0, 1, 0, 1, 1) })],
    ['with its kernel_shape', conv([1, 2, 5, 5], [3, 2, 3, 3], { kernel_shape: ints(3, 3) })],
    ['in groups', conv([1, 4, 5, 5], [6, 2, 3, 3], { group: int(2), pads: ints(1, 1, 1, 1) })],
    ['channel by channel', conv([1, 4, 5, 5], [4, 1, 3, 3], { group: int(4), pads: ints(1, 1, 1, 1) })],
    ['dilated', conv([1, 2, 8, 7], [3, 2, 3, 3], { dilations: ints(2, 3), pads: ints(2, 2, 2, 2) })],
    ['with strides that leave a remainder', conv([1, 2, 8, 9], [3, 2, 3, 3], { strides: ints(2, 3), pads: ints(1, 1, 1, 1) })],
    ['with a stride larger than the kernel', conv([1, 2, 8, 9], [3, 2, 1, 2], { strides: ints(3, 4) })],
    ['with pads that differ', conv([1, 2, 5, 6], [3, 2, 3, 3], { pads: ints(0, 2, 1, 0), strides: ints(1, 2) })],
    ['with pads larger than needed', conv([1, 2, 3, 3], [3, 2, 2, 2], { pads: ints(3, 2, 2, 3), strides: ints(2, 2) })],
    ['with pads larger than needed, by one place', conv([1, 2, 3, 3], [3, 2, 2, 2], { pads: ints(3, 2, 2, 3) })],
    ['SAME_UPPER', conv([1, 2, 6, 7], [3, 2, 3, 4], { auto_pad: 'SAME_UPPER', strides: ints(2, 2) })],
    ['SAME_LOWER', conv([1, 2, 6, 7], [3, 2, 3, 4], { auto_pad: 'SAME_LOWER', strides: ints(2, 2) })],
    ['VALID', conv([1, 2, 6, 7], [3, 2, 3, 4], { auto_pad: 'VALID', strides: ints(2, 2) })],
    ['NOTSET', conv([1, 2, 6, 7], [3, 2, 3, 4], { auto_pad: 'NOTSET', pads: ints(1, 0, 0, 1) })],
    [
      'without anything added',
      {
        ...conv([1, 2, 5, 5], [3, 2, 3, 3]),
        inputs: [
          ['x', floats([1, 2, 5, 5])],
          ['w', floats([3, 2, 3, 3], 40), 'stored'],
        ],
      },
    ],
    ['of rows that vary', (rows) => conv([rows, 2, 5, 5], [3, 2, 3, 3], { strides: ints(2, 2) })],
    [
      'of sides that vary',
      (rows) => conv([1, 2, 2 * rows + 1, 2 * rows + 2], [3, 2, 3, 2], { strides: ints(2, 2), pads: ints(1, 0, 1, 0) }),
    ],
    ['of sides that vary, SAME_LOWER', (rows) => conv([1, 2, rows + 3, 4], [3, 2, 2, 3], { auto_pad: 'SAME_LOWER' })],
    ['of opset 11', { ...conv([1, 2, 8, 8], [3, 2, 3, 3], { strides: ints(3, 3), pads: ints(1, 1, 1, 1) }), options: { opset: 11 } }],
  ])('%s', async (_name, one) => {
    await expectGradient(one);
  });

  it('refuses weights that depend on the input, and auto_pad of sides that vary', async () => {
    const fed: GradientCase = {
      ...conv([1, 2, 5, 5], [3, 2, 3, 3]),
      inputs: [
        ['x', floats([1, 2, 5, 5])],
        ['w', floats([3, 2, 3, 3])],
      ],
    };
    expect(await differentiateCase(fed)).toMatchObject({ operator: 'Conv', detail: expect.stringContaining('weights') as unknown });
    const vary: SizedCase = (rows) => conv([1, 2, 2 * rows, 4], [3, 2, 3, 3], { auto_pad: 'SAME_UPPER', strides: ints(2, 2) });
    expect(await differentiateCase(vary)).toMatchObject({ operator: 'Conv', detail: expect.stringContaining('auto_pad') as unknown });
  });
});

describe('ConvTranspose', () => {
  const turned = (x: readonly number[], w: readonly number[], attributes: GradientCase['attributes'] = {}, groups = 1): GradientCase => ({
    op: 'ConvTranspose',
    inputs: [
      ['x', floats(x)],
      ['w', floats(w, 40), 'stored'],
      ['b', floats([(w[1] ?? 0) * groups], 80)],
    ],
    attributes: groups === 1 ? attributes : { ...attributes, group: int(groups) },
    ...linear,
  });
  it.each<readonly [string, SizedCase]>([
    ['of one axis', turned([2, 3, 5], [3, 2, 3], { strides: ints(2) })],
    ['of two axes', turned([1, 3, 4, 5], [3, 2, 3, 2])],
    ['of three axes', turned([1, 2, 2, 3, 2], [2, 2, 2, 3, 2], { strides: ints(1, 2, 1) })],
    ['in groups', turned([1, 4, 4, 3], [4, 3, 3, 3], { strides: ints(2, 2), pads: ints(1, 1, 1, 1) }, 2)],
    [
      'with output_padding',
      turned([1, 2, 4, 3], [2, 3, 3, 3], { strides: ints(2, 3), pads: ints(1, 1, 1, 1), output_padding: ints(1, 2) }),
    ],
    ['dilated', turned([1, 2, 4, 3], [2, 3, 3, 2], { dilations: ints(2, 3), pads: ints(0, 1, 2, 0) })],
    ['with pads larger than needed', turned([1, 2, 4], [2, 2, 3], { pads: ints(3, 1) })],
    [
      'in groups, dilated, with all else',
      turned([1, 4, 4], [4, 2, 3], { dilations: ints(2), strides: ints(3), pads: ints(1, 2), output_padding: ints(1) }, 2),
    ],
    ['VALID', turned([1, 2, 4, 3], [2, 3, 3, 2], { auto_pad: 'VALID', strides: ints(2, 2) })],
    [
      'of rows and sides that vary',
      (rows) => turned([rows, 2, rows + 1, 3], [2, 3, 3, 2], { strides: ints(2, 2), output_padding: ints(1, 0) }),
    ],
  ])('%s', async (_name, one) => {
    await expectGradient(one);
  });

  it('refuses an output_shape', async () => {
    const one = turned([1, 2, 4, 3], [2, 3, 3, 3], { strides: ints(2, 2), output_shape: ints(8, 6) });
    expect(await differentiateCase(one)).toHaveProperty('operator', 'ConvTranspose');
  });
});
