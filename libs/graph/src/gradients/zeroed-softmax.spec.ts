import { describe, expect, it } from '@jest/globals';
import { Tensor } from 'onnxruntime-node';
import type { OnnxNode } from '#testing';
import { compareGradient, differentiateCase, expectGradient, type GradientCase } from '../../test/compare-gradient.js';
import { floats, int } from '../../test/compare-lowered.js';
import { readModelGraph } from '../read-model-graph.js';

const node = (op: string, inputs: readonly string[], output: string, attributes: OnnxNode['attributes'] = {}): OnnxNode => {
  return { op, inputs, outputs: [output], attributes };
};
const scalar = (value: number) => new Tensor('float32', Float32Array.of(value), []);
const masked = (...rows: readonly string[]) => {
  const numbers = rows.flatMap((row) => [...row].map((key) => (key === '.' ? -Infinity : 0)));
  return new Tensor('float32', Float32Array.from(numbers), [rows.length, numbers.length / rows.length]);
};
/** The second of three rows has no key, the third has one. */
const holed = masked('oo.o', '....', '..o.');
const whole = masked('oo.o', 'oooo', '..o.');
const scores = floats([2, 3, 4], 5);
const odd = new Tensor('bool', Uint8Array.of(0, 1, 0, 0, 0, 0, 1, 0, 0, 1, 1, 0), [3, 4]);

const isNaN = node('IsNaN', ['p'], 'missing');
const choose = node('Where', ['missing', 'zero', 'p'], 'kept');
const softmax = node('Softmax', ['masked'], 'p', { axis: int(-1) });
/** Masked scores and what follows them. */
const follow = (mask: Tensor, more: readonly OnnxNode[], x = scores): GradientCase => ({
  op: 'Add',
  inputs: [
    ['x', x],
    ['mask', mask, 'stored'],
  ],
  outputs: ['masked'],
  constants: [
    ['zero', scalar(0)],
    ['one', scalar(1)],
    ['zeros', new Tensor('float32', new Float32Array(2), [2, 1, 1, 1])],
    ['odd', odd],
    ['v', floats([2, 4, 5], 31)],
  ],
  more,
  of: 'y',
  float: 'float32',
  step: 0.02,
  tolerance: 5e-4,
});
const attend = (behind: readonly OnnxNode[]) => follow(holed, [softmax, ...behind]);
const product = node('MatMul', ['kept', 'v'], 'y');

/** How often the graph chooses: its own Where, and what the rule of Where writes wherever it is not matched. */
async function countChoices(one: GradientCase): Promise<number> {
  const given = await differentiateCase(one);
  if ('operator' in given) throw new Error(given.detail);
  return readModelGraph(given.bytes).nodes.filter(({ opType }) => opType === 'Where').length;
}

async function slopeOf(one: GradientCase): Promise<readonly number[]> {
  const { gradients } = await compareGradient(one);
  return [...(gradients['x']?.data ?? [])].map(Number);
}

describe('a softmax whose rows without a key are zeroed', () => {
  // The runtime takes nodes in any order, so that either may be the first that reads it.
  const orders: readonly (readonly [string, readonly OnnxNode[]])[] = [
    ['the test', [isNaN, choose, product]],
    ['the choice', [choose, isNaN, product]],
  ];

  it.each(orders)('has the gradient of the differences, with %s before the other, of any opset', async (_name, behind) => {
    await expectGradient(attend(behind));
    await expectGradient({ ...attend(behind), options: { opset: 12 } });
  });

  it('has one of rows that vary', async () => {
    await expectGradient((rows) => ({
      ...attend([isNaN, choose, node('Tanh', ['kept'], 'y')]),
      inputs: [
        ['x', floats([rows, 3, 4], 5)],
        ['mask', holed, 'stored'],
      ],
    }));
  });

  it.each(orders)('has one of 0 in a row without a key, and sums to 0 in each row, with %s before the other', async (_name, behind) => {
    const slopes = await slopeOf(attend(behind));
    expect(slopes).toHaveLength(24);
    expect(slopes.every(Number.isFinite)).toBe(true);
    for (const row of [0, 1, 2, 3, 4, 5]) {
      const own = slopes.slice(4 * row, 4 * row + 4);
      expect(own.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 6);
      if (row % 3 === 1) expect(own.map(Math.abs)).toEqual([0, 0, 0, 0]);
      if (row % 3 === 0) expect(Math.hypot(...own)).toBeGreaterThan(0.01);
    }
  });

  it.each(orders)('needs no choice on the way back, with %s before the other', async (_name, behind) => {
    expect(await countChoices(attend(behind))).toBe(1);
  });

  const pass = (...behind: readonly OnnxNode[]) => follow(whole, [softmax, ...behind]);
  const apart = Float32Array.from(scores.data as Float32Array, (value) => value + 0.7 * Math.sign(value));
  it.each<readonly [string, GradientCase]>([
    ['scores are tested, not probabilities', pass(node('IsNaN', ['masked'], 'missing'), choose, product)],
    [
      'probabilities are read elsewhere too',
      pass(
        isNaN,
        choose,
        node('MatMul', ['kept', 'v'], 'one_product'),
        node('MatMul', ['p', 'v'], 'other'),
        node('Mul', ['one_product', 'other'], 'y'),
      ),
    ],
    ['something else than zeros is put in', pass(isNaN, node('Where', ['missing', 'one', 'p'], 'kept'), product)],
    [
      'zeros are put in by another condition',
      pass(
        isNaN,
        node('Where', ['odd', 'zero', 'p'], 'kept'),
        node('Cast', ['missing'], 'count', { to: int(1) }),
        node('Add', ['kept', 'count'], 'sum'),
        node('MatMul', ['sum', 'v'], 'y'),
      ),
    ],
    ['the choice repeats the probabilities', pass(isNaN, node('Where', ['missing', 'zeros', 'p'], 'kept'), product)],
    [
      'what is tested is no softmax',
      follow(whole, [node('Log', ['masked'], 'p'), isNaN, choose, node('Tanh', ['kept'], 'y')], new Tensor('float32', apart, [2, 3, 4])),
    ],
  ])('is none where %s: the choice is taken back by itself', async (_name, one) => {
    await expectGradient(one);
    expect(await countChoices(one)).toBe(2);
  });
});
