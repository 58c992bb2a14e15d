import { describe, expect, it } from '@jest/globals';
import { Tensor } from 'onnxruntime-node';
import type { OnnxNode } from '#testing';
import { differentiateCase, expectGradient, type GradientCase } from '../../test/compare-gradient.js';
import { int, int64 } from '../../test/compare-lowered.js';

const node = (op: string, inputs: readonly string[], output: string, attributes: OnnxNode['attributes'] = {}): OnnxNode => {
  return { op, inputs, outputs: [output], attributes };
};
const [single, double, whole, truth] = [1, 11, 7, 9].map((to) => ({ to: int(to) }));
/** None nearer than 0.2 to a whole number, and no two nearer than 0.2: no small step meets a jump. */
const x = new Tensor('float32', Float32Array.of(-1.7, 0.3, 2.6, -0.4, 1.25, 0.75), [2, 3]);

/** Nodes from `x` to `z`. */
const flow = (nodes: readonly OnnxNode[], more: Partial<GradientCase> = {}): GradientCase => ({
  op: 'Identity',
  inputs: [['x', x]],
  constants: [
    ['half', new Tensor('float32', Float32Array.of(0.5), [])],
    ['third', new Tensor('float32', Float32Array.of(1 / 3), [])],
    ['table', new Tensor('float32', Float32Array.of(3, 5, 8, 13), [4])],
    ['two', int64([2], [])],
  ],
  outputs: ['copy'],
  more: nodes,
  of: 'z',
  float: 'float32',
  step: 0.01,
  tolerance: 1e-3,
  ...more,
});

async function flatOf(one: GradientCase): Promise<readonly string[]> {
  const given = await differentiateCase(one);
  if ('operator' in given) throw new Error(given.detail);
  return given.flat;
}

describe('what is flat', () => {
  it.each<readonly [string, readonly OnnxNode[], string]>([
    ['Ceil', [node('Ceil', ['copy'], 'z')], 'Ceil_1'],
    ['Floor', [node('Floor', ['copy'], 'z')], 'Floor_1'],
    ['Round', [node('Round', ['copy'], 'z')], 'Round_1'],
    ['Sign', [node('Sign', ['copy'], 'z')], 'Sign_1'],
    ['a whole number that is cast back', [node('Cast', ['copy'], 'n', whole), node('Cast', ['n'], 'z', single)], 'Cast_1'],
    ['a truth value that is cast back', [node('Cast', ['copy'], 'b', truth), node('Cast', ['b'], 'z', single)], 'Cast_1'],
    ['a comparison that is cast', [node('Greater', ['copy', 'half'], 'b'), node('Cast', ['b'], 'z', single)], 'Greater_1'],
    [
      'a comparison that is turned around and cast twice',
      [node('Less', ['copy', 'half'], 'b'), node('Not', ['b'], 'c'), node('Cast', ['c'], 'n', whole), node('Cast', ['n'], 'z', single)],
      'Less_1',
    ],
    [
      'a whole number that is computed with',
      [node('Cast', ['copy'], 'n', whole), node('Mul', ['n', 'two'], 'm'), node('Cast', ['m'], 'z', single)],
      'Cast_1',
    ],
    [
      'a condition that chooses among what is stored',
      [node('Greater', ['copy', 'half'], 'b'), node('Where', ['b', 'half', 'third'], 'z')],
      'Greater_1',
    ],
    [
      'a place that is looked up in what is stored',
      [node('Abs', ['copy'], 'size'), node('Cast', ['size'], 'n', whole), node('Gather', ['table', 'n'], 'z')],
      'Cast_2',
    ],
    ['the place of the largest', [node('ArgMax', ['copy'], 'n', { axis: int(1) }), node('Cast', ['n'], 'z', single)], 'ArgMax_1'],
  ])('is named, and differences are 0: %s', async (_name, nodes, flat) => {
    expect(await flatOf(flow(nodes))).toEqual([flat]);
    await expectGradient(flow(nodes));
  });

  it('is named where another way has a slope too, in the order of the graph', async () => {
    const nodes = [
      node('Floor', ['copy'], 'low'),
      node('Round', ['low'], 'same'),
      node('Ceil', ['copy'], 'high'),
      node('Mul', ['high', 'copy'], 'product'),
      node('Sub', ['product', 'same'], 'z'),
    ];
    expect(await flatOf(flow(nodes))).toEqual(['Floor_1', 'Round_2', 'Ceil_3']);
    await expectGradient(flow(nodes));
  });

  it.each<readonly [string, readonly OnnxNode[]]>([
    ['a condition that chooses', [node('Greater', ['copy', 'half'], 'b'), node('Where', ['b', 'copy', 'half'], 'z')]],
    [
      'a place that is looked up in what has a slope',
      [
        node('Greater', ['copy', 'half'], 'b'),
        node('Cast', ['b'], 'n', whole),
        node('GatherElements', ['copy', 'n'], 'z', { axis: int(1) }),
      ],
    ],
    ['a cast between floating-point numbers', [node('Cast', ['copy'], 'wide', double), node('Cast', ['wide'], 'z', single)]],
    ['a step of what is stored', [node('Round', ['half'], 'r'), node('Add', ['copy', 'r'], 'z')]],
    ['a step that the answer does not read', [node('Round', ['copy'], 'r'), node('Tanh', ['copy'], 'z')]],
    [
      'a step that is read for its shape alone',
      [
        node('Round', ['copy'], 'r'),
        node('Shape', ['r'], 'shape'),
        node('Cast', ['shape'], 'lengths', single),
        node('ReduceSum', ['lengths'], 'size'),
        node('Mul', ['copy', 'size'], 'z'),
      ],
    ],
    ['a whole number that comes beside what is explained', [node('Cast', ['two'], 'n', single), node('Mul', ['copy', 'n'], 'z')]],
  ])('is not %s', async (_name, nodes) => {
    expect(await flatOf(flow(nodes))).toEqual([]);
    await expectGradient(flow(nodes));
  });

  it('is none of what a gradient goes straight through, but what stands before it', async () => {
    const scale = new Tensor('float32', Float32Array.of(0.01), []);
    const straight = (first: string) =>
      flow(
        [
          node(first, ['copy'], 'a'),
          node('QuantizeLinear', ['a', 'scale', 'zero'], 'q'),
          node('DequantizeLinear', ['q', 'scale', 'zero'], 'z'),
        ],
        {
          constants: [
            ['scale', scale],
            ['zero', new Tensor('int8', Int8Array.of(0), [])],
          ],
          straightThrough: true,
        },
      );
    expect(await differentiateCase(straight('Tanh'))).toMatchObject({ flat: [], passed: ['QuantizeLinear_2'] });
    expect(await flatOf(straight('Round'))).toEqual(['Round_1']);
  });
});
