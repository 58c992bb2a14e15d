import { describe, expect, it } from '@jest/globals';
import { buildOnnxModel, type OnnxNode } from '#testing';
import { buildCase, compareLowered, floats, int, int32, int64, runLowered, type LoweredCase } from '../../test/compare-lowered.js';
import { readModelGraph } from '../read-model-graph.js';
import { lowerFused } from './lower-fused.js';
import { lowerings } from './lowerings.js';

/** Rounding of float32: sums of some ten numbers, in another order. */
const tolerance = 1e-6;

async function expectEqual(one: LoweredCase): Promise<void> {
  const { errors, operators } = await compareLowered(one);
  for (const [name, error] of Object.entries(errors)) expect([name, error <= tolerance ? 'equal' : error]).toEqual([name, 'equal']);
  expect([...operators].filter((operator) => lowerings.has(operator))).toEqual([]);
}

const x = floats([2, 3, 8]);
const width = (name: string, from: number) => [name, floats([8], from)] as const;

describe('activations', () => {
  it.each<readonly [string, LoweredCase]>([
    ['BiasGelu', { op: 'BiasGelu', inputs: [['x', x], width('bias', 50)] }],
    ['FastGelu', { op: 'FastGelu', inputs: [['x', x]] }],
    ['FastGelu with a bias', { op: 'FastGelu', inputs: [['x', x], width('bias', 50)] }],
    ['QuickGelu', { op: 'QuickGelu', inputs: [['x', x]] }],
    ['QuickGelu with alpha', { op: 'QuickGelu', inputs: [['x', x]], attributes: { alpha: 1 } }],
    ['Gelu', { op: 'Gelu', inputs: [['x', x]] }],
    ['Gelu of ai.onnx', { op: 'Gelu', domain: '', inputs: [['x', x]], options: { opset: 20 } }],
    ['its tanh form', { op: 'Gelu', domain: '', inputs: [['x', x]], attributes: { approximate: 'tanh' }, options: { opset: 20 } }],
  ])('%s', async (_name, one) => {
    await expectEqual(one);
  });
});

describe('normalisations', () => {
  const skipped = (inputs: LoweredCase['inputs'], outputs: readonly string[], opset?: number): LoweredCase => ({
    op: 'SkipLayerNormalization',
    inputs,
    outputs,
    attributes: { epsilon: 1e-5 },
    ...(opset === undefined ? {} : { options: { opset } }),
  });
  const [skip, gamma, beta, bias] = [['skip', floats([2, 3, 8], 90)] as const, width('gamma', 10), width('beta', 20), width('bias', 30)];
  const root = { op: 'SkipSimplifiedLayerNormalization', attributes: { epsilon: 1e-6 } } as const;
  it.each<readonly [string, LoweredCase]>([
    ['SkipLayerNormalization', skipped([['x', x], skip, gamma, beta, bias], ['y', '', '', 'sum'])],
    ['written out', skipped([['x', x], skip, gamma, beta, bias], ['y', '', '', 'sum'], 14)],
    ['without bias', skipped([['x', x], skip, gamma, beta], ['y', '', '', 'sum'], 16)],
    ['without beta', skipped([['x', x], skip, gamma, null, bias], ['y'])],
    ['without either', skipped([['x', x], skip, gamma], ['y'], 14)],
    ['with one skip for all rows', skipped([['x', x], ['skip', floats([1, 3, 8], 90)], gamma, beta], ['y', '', '', 'sum'])],
    ['with a skip without rows', skipped([['x', x], ['skip', floats([3, 8], 90)], gamma, beta], ['y', '', '', 'sum'], 14)],
    ['SkipSimplifiedLayerNormalization', { ...root, inputs: [['x', x], skip, gamma], outputs: ['y', '', '', 'sum'] }],
    ['with a bias', { ...root, inputs: [['x', x], skip, gamma, bias], outputs: ['y', '', '', 'sum'], options: { opset: 18 } }],
    [
      'SimplifiedLayerNormalization',
      { op: 'SimplifiedLayerNormalization', domain: '', inputs: [['x', x], gamma], outputs: ['y', 'inverse'] },
    ],
    [
      'over two axes',
      {
        op: 'SimplifiedLayerNormalization',
        domain: '',
        inputs: [
          ['x', x],
          ['g', floats([3, 8], 3)],
        ],
        attributes: { axis: int(1) },
      },
    ],
    ['RMSNormalization', { op: 'RMSNormalization', domain: '', inputs: [['x', x], gamma], options: { opset: 23 } }],
  ])('%s', async (_name, one) => {
    await expectEqual(one);
  });
});

describe('EmbedLayerNormalization', () => {
  const ids = ['ids', int32([1, 2, 3, 0, 4, 4], [2, 3])] as const;
  const segments = ['segments', int32([0, 1, 1, 0, 0, 1], [2, 3])] as const;
  const table = (name: string, rows: number, from: number) => [name, floats([rows, 8], from), 'stored'] as const;
  const [words, positions, kinds] = [table('words', 5, 0), table('positions', 6, 100), table('kinds', 2, 200)];
  const [gamma, beta] = [[...width('gamma', 10), 'stored'] as const, [...width('beta', 20), 'stored'] as const];
  const mask = ['mask', int32([1, 1, 1, 1, 0, 0], [2, 3])] as const;
  const embed = (inputs: LoweredCase['inputs'], outputs: readonly string[], opset = 17): LoweredCase => ({
    op: 'EmbedLayerNormalization',
    inputs,
    outputs,
    integers: ['counts'],
    attributes: { epsilon: 1e-5 },
    options: { opset },
  });
  it.each<readonly [string, LoweredCase]>([
    ['all inputs', embed([ids, segments, words, positions, kinds, gamma, beta, mask], ['y', 'counts', 'sum'])],
    ['written out', embed([ids, segments, words, positions, kinds, gamma, beta, mask], ['y', 'counts', 'sum'], 12)],
    ['no segments', embed([ids, null, words, positions, null, gamma, beta, mask], ['y', 'counts', 'sum'])],
    ['no mask', embed([ids, segments, words, positions, kinds, gamma, beta], ['y', 'counts'])],
    [
      'positions that are given',
      embed([ids, null, words, positions, null, gamma, beta, null, ['places', int32([5, 1, 2, 0, 0, 3], [2, 3])]], ['y', 'counts', 'sum']),
    ],
    [
      'positions for all rows',
      embed([ids, segments, words, positions, kinds, gamma, beta, mask, ['places', int32([5, 1, 2], [1, 3])]], ['y', 'counts', 'sum']),
    ],
  ])('%s', async (_name, one) => {
    await expectEqual(one);
  });
});

describe('products', () => {
  const [a, b, c] = [['a', floats([3, 4])] as const, ['b', floats([4, 5], 30)] as const, ['c', floats([5], 60)] as const];
  const turned = ['b', floats([5, 4], 30)] as const;
  const cube = (name: string, shape: readonly number[]) => [name, floats(shape, 7)] as const;
  const matmul = (inputs: LoweredCase['inputs'], attributes: LoweredCase['attributes'] = {}): LoweredCase => ({
    op: 'FusedMatMul',
    inputs,
    attributes,
  });
  const picture = ['x', floats([2, 2, 5, 5])] as const;
  const kernel = ['w', floats([4, 1, 3, 3], 9)] as const;
  const shift = ['bias', floats([4], 5)] as const;
  const conv = (activation: string, numbers: readonly number[] = [], added = false): LoweredCase => ({
    op: 'FusedConv',
    inputs: [picture, kernel, shift, added ? (['z', floats([2, 4, 3, 3], 77)] as const) : null],
    attributes: {
      activation,
      ...(numbers.length > 0 ? { activation_params: numbers } : {}),
      group: int(2),
      strides: { ints: [2, 2] },
      pads: { ints: [1, 1, 1, 1] },
      kernel_shape: { ints: [3, 3] },
    },
  });
  it.each<readonly [string, LoweredCase]>([
    ['FusedMatMul', matmul([a, b], { alpha: 0.25 })],
    ['transA', matmul([cube('a', [2, 4, 3]), cube('b', [2, 4, 5])], { transA: int(1) })],
    ['transB', matmul([cube('a', [2, 3, 4]), turned], { transB: int(1), alpha: 2 })],
    ['transBatchA', matmul([cube('a', [3, 2, 4]), cube('b', [2, 4, 5])], { transBatchA: int(1) })],
    ['transBatchA and transA', matmul([cube('a', [4, 2, 3]), cube('b', [2, 4, 5])], { transBatchA: int(1), transA: int(1) })],
    ['transBatchB and transB', matmul([cube('a', [2, 3, 4]), cube('b', [5, 2, 4])], { transBatchB: int(1), transB: int(1) })],
    ['transBatchB with two axes', matmul([cube('a', [2, 3, 3, 4]), cube('b', [4, 2, 3, 5])], { transBatchB: int(1) })],
    ['FusedGemm', { op: 'FusedGemm', inputs: [a, b, c], attributes: { activation: 'Relu', alpha: 0.5, beta: 2 } }],
    ['FusedGemm, turned', { op: 'FusedGemm', inputs: [a, turned], attributes: { activation: 'Sigmoid', transB: int(1) } }],
    ['with LeakyRelu', { op: 'FusedGemm', inputs: [a, b, c], attributes: { activation: 'LeakyRelu', activation_alpha: 0.25 } }],
    ['with Elu', { op: 'FusedGemm', inputs: [a, b, c], attributes: { activation: 'Elu', activation_alpha: 0.5 } }],
    ['with Tanh', { op: 'FusedGemm', inputs: [a, b, c], attributes: { activation: 'Tanh' } }],
    ['FusedConv', conv('Relu')],
    ['what is added to it', conv('Relu', [], true)],
    ['Sigmoid', conv('Sigmoid')],
    ['Clip', conv('Clip', [-0.25, 0.25])],
    ['HardSigmoid', conv('HardSigmoid', [0.25, 0.5])],
    ['LeakyRelu', conv('LeakyRelu', [0.1])],
  ])('%s', async (_name, one) => {
    await expectEqual(one);
  });
});

describe('RotaryEmbedding', () => {
  const packed = ['x', floats([2, 3, 32])] as const;
  const split = ['x', floats([2, 2, 3, 16])] as const;
  const caches = (size: number) => [['cosine', floats([10, size], 3)] as const, ['sine', floats([10, size], 300)] as const];
  const [whole, half] = [caches(8), caches(4)];
  const each = ['places', int64([4, 5, 6, 0, 1, 2], [2, 3])] as const;
  const first = ['places', int64([4], [1])] as const;
  const turn = (inputs: LoweredCase['inputs'], attributes: LoweredCase['attributes'] = {}): LoweredCase => ({
    op: 'RotaryEmbedding',
    inputs,
    attributes,
  });
  it.each<readonly [string, LoweredCase]>([
    ['heads joined', turn([packed, each, ...whole])],
    ['one position', turn([packed, first, ...whole])],
    ['heads apart', turn([split, each, ...whole])],
    ['neighbours', turn([packed, each, ...whole], { interleaved: int(1) })],
    ['a part of each head', turn([packed, each, ...half], { num_heads: int(2), rotary_embedding_dim: int(8) })],
    [
      'neighbours in a part of heads apart',
      turn([split, first, ...half], { num_heads: int(2), rotary_embedding_dim: int(8), interleaved: int(1) }),
    ],
  ])('%s', async (_name, one) => {
    await expectEqual(one);
  });
});

/** What the operators without a kernel for a processor give, from their description. */
describe('operators that no kernel here holds against them', () => {
  const gelu = (number: number) => (number / 2) * (1 + erf(number / Math.SQRT2));
  const read = (tensor: { readonly data: ArrayLike<unknown> }) => Array.from(tensor.data, Number);
  const expectNear = (actual: readonly number[], expected: readonly number[]) => {
    expect(actual).toHaveLength(expected.length);
    expected.forEach((value, at) => expect(actual[at]).toBeCloseTo(value, 5));
  };
  const [bias, skip] = [floats([8], 50), floats([2, 3, 8], 90)];
  const sum = read(x).map((value, at) => value + Number(bias.data[at % 8]));
  const give = async (one: LoweredCase) => {
    const { outputs } = await runLowered(one);
    return outputs['y'] === undefined ? [] : read(outputs['y']);
  };

  it('BiasAdd', async () => {
    const actual = await give({
      op: 'BiasAdd',
      inputs: [
        ['x', x],
        ['bias', bias],
        ['skip', skip],
      ],
    });
    expectNear(
      actual,
      sum.map((value, at) => value + Number(skip.data[at])),
    );
  });

  it('BiasSplitGelu', async () => {
    const actual = await give({
      op: 'BiasSplitGelu',
      inputs: [
        ['x', x],
        ['bias', bias],
      ],
    });
    const expected = Array.from({ length: 24 }, (_, at) => {
      const from = Math.floor(at / 4) * 8 + (at % 4);
      return (sum[from] ?? NaN) * gelu(sum[from + 4] ?? NaN);
    });
    expectNear(actual, expected);
  });

  it.each([
    ['the last axis', 2, 8],
    ['axes that are taken together', 1, 24],
    ['the last axis, from the end', -1, 8],
    ['all axes, from the end', -3, 48],
  ] as const)('BiasSoftmax over %s', async (_name, axis, length) => {
    const attributes = { axis: int(axis), is_inner_broadcast: int(0) };
    const actual = await give({
      op: 'BiasSoftmax',
      inputs: [
        ['x', x],
        ['bias', bias],
      ],
      attributes,
    });
    const powers = sum.map(Math.exp);
    const totals = Array.from({ length: 48 / length }, (_, row) => powers.slice(row * length, (row + 1) * length).reduce((a, b) => a + b));
    expectNear(
      actual,
      powers.map((power, at) => power / (totals[Math.floor(at / length)] ?? NaN)),
    );
  });

  it('gives mean and inverse deviation, which the kernel of SkipLayerNormalization leaves unwritten', async () => {
    for (const opset of [14, 17]) {
      const inputs = [['x', x], ['skip', skip], width('gamma', 10)] as const;
      const { outputs } = await runLowered({ op: 'SkipLayerNormalization', inputs, outputs: ['y', 'mean', 'inverse'], options: { opset } });
      const first = Array.from({ length: 8 }, (_, at) => Number(x.data[at]) + Number(skip.data[at]));
      const mean = first.reduce((a, b) => a + b) / 8;
      const variance = first.reduce((total, value) => total + (value - mean) ** 2, 0) / 8;
      expect(Number(outputs['mean']?.data[0])).toBeCloseTo(mean, 5);
      expect(Number(outputs['inverse']?.data[0])).toBeCloseTo(1 / Math.sqrt(variance), 4);
    }
  });
});

/** By its series, for the small numbers here. */
function erf(number: number): number {
  let [term, total] = [number, number];
  for (let n = 1; n < 60; n++) {
    term *= -(number * number) / n;
    total += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * total;
}

describe('lowerFused', () => {
  const port = (name: string) => ({ name, type: 'float32', shape: ['rows', 8] }) as const;
  const fused = (op: string, inputs: readonly string[], output: string, attributes: OnnxNode['attributes'] = {}): OnnxNode => ({
    op,
    domain: 'com.microsoft',
    inputs,
    outputs: [output],
    attributes: attributes ?? {},
  });
  const location = { location: 'weights.bin', offset: 64, length: 256 };
  const outside = buildOnnxModel({
    inputs: [port('x')],
    outputs: [port('y')],
    tensors: [{ name: 'vitrine/lowered', type: 'float32', shape: [8, 8], values: location }],
    nodes: [
      fused('FusedMatMul', ['x', 'vitrine/lowered'], 'h', { transB: int(1) }),
      fused('Gelu', ['h'], 'g'),
      fused('QuickGelu', ['g'], 'y'),
    ],
  });

  it('leaves weights where they are, and names nothing twice', () => {
    const lowered = lowerFused(outside, readModelGraph(outside));
    if ('operator' in lowered) throw new Error(lowered.detail);
    const after = readModelGraph(lowered.bytes);
    expect(after.external).toEqual([{ ...location, tensor: 'vitrine/lowered' }]);
    const names = [...after.initializers.keys(), ...after.nodes.flatMap(({ outputs }) => outputs)];
    expect(new Set(names).size).toBe(names.length);
    expect(lowered.replaced.map(({ operator, place }) => [operator, place])).toEqual([
      ['com.microsoft:FusedMatMul', 0],
      ['com.microsoft:Gelu', 1],
      ['com.microsoft:QuickGelu', 2],
    ]);
  });

  it('replaces the wanted nodes alone', () => {
    const lowered = lowerFused(outside, readModelGraph(outside), ({ operator }) => operator === 'com.microsoft:Gelu');
    if ('operator' in lowered) throw new Error(lowered.detail);
    const left = readModelGraph(lowered.bytes).nodes.filter(({ domain }) => domain !== '');
    expect(left.map(({ opType }) => opType)).toEqual(['FusedMatMul', 'QuickGelu']);
  });

  it('gives the bytes themselves where there is nothing to do', () => {
    expect(lowerFused(outside, readModelGraph(outside), () => false)).toEqual({ bytes: outside, replaced: [] });
  });

  it.each<readonly [string, LoweredCase, RegExp]>([
    [
      'an activation that is not known',
      {
        op: 'FusedGemm',
        inputs: [
          ['a', floats([2, 2])],
          ['b', floats([2, 2])],
        ],
        attributes: { activation: 'Selu' },
      },
      /Selu/,
    ],
    [
      'one of a convolution',
      {
        op: 'FusedConv',
        inputs: [
          ['a', floats([1, 1, 2, 2])],
          ['b', floats([1, 1, 1, 1])],
        ],
        attributes: { activation: 'HardSwish' },
      },
      /HardSwish/,
    ],
    [
      'an approximation that is not known',
      { op: 'Gelu', domain: '', inputs: [['x', x]], attributes: { approximate: 'erf' } },
      /approximates/,
    ],
    ['a batch that is packed', { op: 'RotaryEmbedding', inputs: [['x', x]], attributes: { is_packed_batching: int(1) } }, /batch packed/],
    ['a mean that there is none of', { op: 'SkipSimplifiedLayerNormalization', inputs: [['x', x]], outputs: ['y', 'mean'] }, /mean/],
    ['old operator sets', { op: 'Gelu', inputs: [['x', x]], options: { opset: 10 } }, /ai.onnx 11 or later, and the model imports 10/],
    [
      'a window for a cache',
      {
        op: 'GroupQueryAttention',
        inputs: [['x', x], null, null, null, null, ['l', int32([1])], ['t', int32([1])]],
        attributes: { num_heads: int(1), kv_num_heads: int(1), sliding_window_cache: int(1) },
      },
      /sliding window/,
    ],
    [
      'a cache in few bits',
      {
        op: 'GroupQueryAttention',
        inputs: [['x', x], null, null, null, null, ['l', int32([1])], ['t', int32([1])]],
        attributes: { num_heads: int(1), kv_num_heads: int(1), k_quant_type: 'PER_TENSOR' },
      },
      /few bits/,
    ],
    ['no number of heads', { op: 'MultiHeadAttention', inputs: [['x', x]] }, /number of heads/],
  ])('refuses %s by node', (_name, one, detail) => {
    const { onnx } = buildCase(one);
    const operator = one.domain === '' ? one.op : `com.microsoft:${one.op}`;
    expect(lowerFused(onnx, readModelGraph(onnx))).toMatchObject({ operator, node: `${one.op}_0`, detail: expect.stringMatching(detail) });
  });

  it('refuses a node inside a branch of a branch', () => {
    const body = (nodes: readonly OnnxNode[]) => ({ inputs: [], outputs: [port('chosen')], nodes });
    const branch = (inside: ReturnType<typeof body>, output: string): OnnxNode => ({
      op: 'If',
      inputs: ['flag'],
      outputs: [output],
      attributes: { then_branch: inside },
    });
    const onnx = buildOnnxModel({
      inputs: [port('x'), { name: 'flag', type: 'bool', shape: [] }],
      outputs: [port('y')],
      nodes: [branch(body([branch(body([fused('Gelu', ['x'], 'chosen')]), 'chosen')]), 'y')],
    });
    expect(lowerFused(onnx, readModelGraph(onnx))).toMatchObject({
      operator: 'com.microsoft:Gelu',
      node: 'Gelu_0',
      detail: expect.stringContaining('inside the If of node "If_0"'),
    });
  });
});
