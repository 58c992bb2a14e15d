import { describe, expect, it } from '@jest/globals';
import { Tensor } from 'onnxruntime-node';
import type { OnnxNode } from '#testing';
import { compareGradient, differentiateCase, type GradientCase } from '../../test/compare-gradient.js';
import { floats, int } from '../../test/compare-lowered.js';

const single = (value: number) => new Tensor('float32', Float32Array.of(value), []);
const byte = (value: number) => new Tensor('uint8', Uint8Array.of(value), []);
const signed = (shape: readonly number[], from: number) => {
  const length = shape.reduce((product, one) => product * one, 1);
  return new Tensor(
    'int8',
    Int8Array.from({ length }, (_, at) => (((at + from) * 89 + ((at * at) % 31) * 7) % 255) - 127),
    shape,
  );
};
const node = (op: string, inputs: readonly string[], output: string, attributes: OnnxNode['attributes'] = {}): OnnxNode => {
  return { op, inputs, outputs: [output], attributes };
};
const plain = { float: 'float32', straightThrough: true } as const;

/** The gradient of a case that rounds, and of its twin that does not. */
async function gradientsOf(...cases: readonly GradientCase[]): Promise<readonly (readonly number[])[]> {
  const found: number[][] = [];
  for (const one of cases) found.push([...((await compareGradient(one)).gradients['x']?.data ?? [])].map(Number));
  return found;
}

async function expectTwin(rounding: GradientCase, twin: GradientCase, digits = 5): Promise<void> {
  const [given = [], expected = []] = await gradientsOf(rounding, twin);
  expect(expected.some((value) => Math.abs(value) > 0.1)).toBe(true);
  expect(given).toHaveLength(expected.length);
  given.forEach((value, at) => expect(value).toBeCloseTo(expected[at] ?? NaN, digits));
}

describe('a gradient straight through', () => {
  const x = floats([4, 6]);

  it.each([
    ['uint8', byte(100), -0.402, 0.622],
    ['int8', new Tensor('int8', Int8Array.of(-28), []), -0.402, 0.622],
    ['int16', new Tensor('int16', Int16Array.of(0), []), -200, 200],
    ['uint8', null, -0.002, 1.022],
  ] as const)('of numbers rounded to %s is that of numbers that are cut alone', async (_type, zero, least, most) => {
    const quantised: GradientCase = {
      ...plain,
      op: 'QuantizeLinear',
      inputs: [['x', x], ['scale', single(0.004), 'stored'], zero === null ? null : ['zero', zero, 'stored']],
      more: [node('DequantizeLinear', ['y', 'scale', ...(zero === null ? [] : ['zero'])], 'z')],
      of: 'z',
      options: { opset: 21 },
    };
    const cut: GradientCase = {
      ...plain,
      op: 'Clip',
      inputs: [
        ['x', x],
        ['least', single(least), 'stored'],
        ['most', single(most), 'stored'],
      ],
    };
    await expectTwin(quantised, cut);
  });

  /** A product of numbers that are rounded as they come and whole weights, and the same product of the numbers with what the weights stand for. */
  async function expectWeights(
    [whole, real]: readonly [whole: string, real: string],
    x: Tensor,
    weights: Tensor,
    zero: Tensor | null,
    attributes: OnnxNode['attributes'] = {},
  ): Promise<void> {
    const zeros = zero === null ? [] : [['wz', zero] as const];
    const constants = [['w', weights], ['ws', single(0.01)], ...zeros] as const;
    const dynamic: GradientCase = {
      ...plain,
      op: 'DynamicQuantizeLinear',
      inputs: [['x', x]],
      outputs: ['q', 's', 'zp'],
      constants,
      more: [
        node(whole, ['q', 'w', 'zp', ...(zero === null ? [] : ['wz'])], 'whole', attributes),
        node('Cast', ['whole'], 'real', { to: int(1) }),
        node('Mul', ['s', 'ws'], 'both'),
        node('Mul', ['real', 'both'], 'z'),
      ],
      of: 'z',
    };
    const twin: GradientCase = {
      ...plain,
      op: 'Identity',
      inputs: [['x', x]],
      constants,
      more: [
        node('Cast', ['w'], 'wf', { to: int(1) }),
        ...(zero === null ? [] : [node('Cast', ['wz'], 'zf', { to: int(1) }), node('Sub', ['wf', 'zf'], 'centred')]),
        node('Mul', [zero === null ? 'wf' : 'centred', 'ws'], 'real'),
        node(real, ['y', 'real'], 'z', attributes),
      ],
      of: 'z',
    };
    await expectTwin(dynamic, twin, whole === 'ConvInteger' ? 4 : 5);
  }

  it.each([
    ['one zero point', new Tensor('int8', Int8Array.of(3), [])],
    ['a zero point for each column', new Tensor('int8', Int8Array.of(3, -5, 0), [3])],
    ['none', null],
  ] as const)('of a product with whole numbers is that of the product with their weights: %s', async (_name, zero) => {
    await expectWeights(['MatMulInteger', 'MatMul'], floats([2, 4, 6]), signed([6, 3], 2), zero);
  });

  it.each([
    ['one zero point', byte(117), { pads: { ints: [1, 1, 1, 1] } }],
    ['none', null, { strides: { ints: [2, 1] }, pads: { ints: [1, 0, 0, 2] } }],
  ] as const)('of a convolution of whole numbers is that of the convolution with their weights: %s', async (_name, zero, attributes) => {
    const kernel = Uint8Array.from({ length: 54 }, (_, at) => (at * 89 + ((at * at) % 31) * 7) % 255);
    await expectWeights(['ConvInteger', 'Conv'], floats([1, 3, 7, 6]), new Tensor('uint8', kernel, [2, 3, 3, 3]), zero, attributes);
  });

  it('of a product of two rounded factors is that of the product, at the rounded factors', async () => {
    const square = floats([4, 4]);
    const rounding: GradientCase = {
      ...plain,
      op: 'DynamicQuantizeLinear',
      inputs: [['x', square]],
      outputs: ['q', 's', 'zp'],
      more: [
        node('MatMulInteger', ['q', 'q', 'zp', 'zp'], 'whole'),
        node('Cast', ['whole'], 'real', { to: int(1) }),
        node('Mul', ['s', 's'], 'both'),
        node('Mul', ['real', 'both'], 'z'),
      ],
      of: 'z',
    };
    // Half a step of a range of 2 is 0.004; four products of it are summed, for each factor.
    await expectTwin(
      rounding,
      {
        ...plain,
        op: 'MatMul',
        inputs: [
          ['x', square],
          ['x', square],
        ],
      },
      1.2,
    );
  });

  it('goes along with whole numbers that are moved', async () => {
    const moved: GradientCase = {
      ...plain,
      op: 'DynamicQuantizeLinear',
      inputs: [['x', x]],
      outputs: ['q', 's', 'zp'],
      more: [node('Transpose', ['q'], 't', { perm: { ints: [1, 0] } }), node('DequantizeLinear', ['t', 's', 'zp'], 'z')],
      of: 'z',
    };
    await expectTwin(moved, { ...plain, op: 'Transpose', inputs: [['x', x]], attributes: { perm: { ints: [1, 0] } } });
  });

  it('names what rounds, and is refused where it is not asked for, or each channel has its scale', async () => {
    const one: GradientCase = {
      ...plain,
      op: 'QuantizeLinear',
      inputs: [
        ['x', x],
        ['scale', single(0.01), 'stored'],
        ['zero', byte(128), 'stored'],
      ],
      more: [node('DequantizeLinear', ['y', 'scale', 'zero'], 'z')],
      of: 'z',
    };
    expect(await differentiateCase(one)).toMatchObject({ passed: ['QuantizeLinear_0'] });
    expect(await differentiateCase({ ...one, straightThrough: false })).toMatchObject({
      operator: 'QuantizeLinear',
      remedy: expect.stringContaining('"straightThrough": true') as unknown,
    });
    const channels: GradientCase = {
      ...one,
      inputs: [
        ['x', x],
        ['scale', floats([6], 3), 'stored'],
        ['zero', new Tensor('uint8', new Uint8Array(6), [6]), 'stored'],
      ],
    };
    expect(await differentiateCase(channels)).toMatchObject({ detail: expect.stringContaining('for each channel') as unknown });
  });
});
