import { describe, expect, it } from '@jest/globals';
import { Tensor } from 'onnxruntime-node';
import {
  compareLowered,
  differ,
  expectEqual,
  floats,
  int,
  int32,
  int64,
  runLowered,
  type LoweredCase,
} from '../../test/compare-lowered.js';

const x = floats([2, 3, 8]);
const named = (name: string, shape: readonly number[], from: number) => [name, floats(shape, from)] as const;
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

describe('com.microsoft RotaryEmbedding', () => {
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

describe('ai.onnx RotaryEmbedding', () => {
  const packed = named('x', [2, 3, 32], 0);
  const split = named('x', [2, 2, 3, 16], 0);
  const rows = (size: number) => [named('cosine', [2, 3, size], 3), named('sine', [2, 3, size], 300)];
  const table = [named('cosine', [10, 8], 3), named('sine', [10, 8], 300), ['places', int64([4, 5, 6, 0, 1, 2], [2, 3])] as const];
  const turn = (inputs: LoweredCase['inputs'], attributes: LoweredCase['attributes'] = {}): LoweredCase => ({
    op: 'RotaryEmbedding',
    domain: '',
    inputs,
    attributes,
    options: { opset: 23 },
  });
  it.each<readonly [string, LoweredCase]>([
    ['heads apart', turn([split, ...rows(8)])],
    ['heads joined', turn([packed, ...rows(8)], { num_heads: int(2) })],
    ['positions', turn([split, ...table])],
    ['positions, neighbours of heads joined', turn([packed, ...table], { num_heads: int(2), interleaved: int(1) })],
    ['a part of each head', turn([split, ...rows(4)], { num_heads: int(2), rotary_embedding_dim: int(8) })],
  ])('%s', async (_name, one) => {
    await expectEqual(one);
  });

  it('takes caches of one row for a batch', async () => {
    const [cosine, sine] = [floats([1, 3, 8], 3), floats([1, 3, 8], 300)];
    const twice = (tensor: Tensor) => new Tensor('float32', Float32Array.from([...tensor.data, ...tensor.data], Number), [2, 3, 8]);
    const expected = await compareLowered(turn([split, ['cosine', twice(cosine)], ['sine', twice(sine)]]));
    const { outputs } = await runLowered(turn([split, ['cosine', cosine], ['sine', sine]]));
    expect(differ(expected.outputs['y'], outputs['y'])).toBe(0);
  });
});
