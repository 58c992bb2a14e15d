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
  tolerance,
  type LoweredCase,
} from '../../test/compare-lowered.js';

type Inputs = LoweredCase['inputs'];
type Attributes = NonNullable<LoweredCase['attributes']>;

const named = (name: string, shape: readonly number[], from: number) => [name, floats(shape, from)] as const;
const x = named('x', [2, 3, 8], 0);

describe('com.microsoft Attention', () => {
  const [weights, bias] = [[...named('weights', [8, 24], 100), 'stored'] as const, named('bias', [24], 900)];
  const attend = (inputs: Inputs, attributes: Attributes = {}, outputs: readonly string[] = ['y']): LoweredCase => ({
    op: 'Attention',
    inputs: [x, ...inputs],
    outputs,
    attributes: { num_heads: int(2), ...attributes },
  });
  const mask = (values: readonly number[], shape?: readonly number[]) => ['mask', int32(values, shape)] as const;
  const past = (length: number) => named('past', [2, 2, 2, length, 4], 300);
  const triangles = [1, 0, 0, 1, 1, 0, 1, 1, 1, 1, 1, 0, 0, 1, 0, 1, 1, 0];
  it.each<readonly [string, LoweredCase]>([
    ['as it is', attend([weights, bias])],
    ['weights that are computed', attend([named('weights', [8, 24], 100), bias])],
    [
      'other sizes of values',
      attend([[...named('weights', [8, 22], 100), 'stored'], named('bias', [22], 7)], { qkv_hidden_sizes: { ints: [8, 8, 6] } }),
    ],
    ['ragged lengths', attend([weights, bias, mask([3, 2])])],
    ['ragged ends and starts', attend([weights, bias, mask([3, 2, 1, 0])])],
    ['a mask of keys', attend([weights, bias, mask([1, 1, 1, 0, 1, 1], [2, 3])], { mask_filter_value: -5 })],
    ['a mask of queries and keys', attend([weights, bias, mask(triangles, [2, 3, 3])])],
    ['one way', attend([weights, bias], { unidirectional: int(1), scale: 0.3 })],
    ['one way, ragged', attend([weights, bias, mask([3, 2])], { unidirectional: int(1) })],
    ['a bias of scores', attend([weights, bias, null, null, named('shift', [2, 2, 3, 3], 40)])],
    ['an empty past', attend([weights, bias, null, past(0)], { unidirectional: int(1) }, ['y', 'present'])],
    ['a past', attend([weights, bias, null, past(4)], { unidirectional: int(1) }, ['y', 'present'])],
    ['a past and ragged lengths', attend([weights, bias, mask([7, 5]), past(4)], {}, ['y', 'present'])],
  ])('%s', async (_name, one) => {
    await expectEqual(one);
  });

  it.each<readonly [string, number, number]>([
    ['all of each head', 0, 4],
    ['a part of each head', 2, 2],
  ])('turns %s by position as RotaryEmbedding does', async (_name, dim, turned) => {
    const cut = (column: number) => {
      const { data } = weights[1];
      const part = Array.from({ length: 64 }, (_, at) => Number(data[Math.floor(at / 8) * 24 + column + (at % 8)]));
      return new Tensor('float32', Float32Array.from(part), [8, 8]);
    };
    const angles = Array.from({ length: 7 }, (_, place) =>
      Array.from({ length: turned / 2 }, (_, at) => place * 10_000 ** ((-2 * at) / turned)),
    );
    const table = (of: (angle: number) => number) => new Tensor('float32', Float32Array.from(angles.flat().map(of)), [7, turned / 2]);
    const project = async (column: number) =>
      (await runLowered({ op: 'FusedMatMul', inputs: [x, ['w', cut(column)]] })).outputs['y'] ?? x[1];
    const turn = async (column: number) => {
      const places = ['places', int64([4, 5, 6, 4, 5, 6], [2, 3])] as const;
      const inputs = [['x', await project(column)], places, ['cosine', table(Math.cos)], ['sine', table(Math.sin)]] as const;
      const attributes = { num_heads: int(2), rotary_embedding_dim: int(turned) };
      return (await runLowered({ op: 'RotaryEmbedding', inputs, attributes })).outputs['y'] ?? x[1];
    };
    const part = (at: number) => {
      const { data } = past(4)[1];
      return new Tensor('float32', Float32Array.from([...data].slice(64 * at, 64 * at + 64).map(Number)), [2, 2, 4, 4]);
    };
    const expected = await compareLowered({
      op: 'MultiHeadAttention',
      inputs: [['q', await turn(0)], ['k', await turn(8)], ['v', await project(16)], null, null, null, ['pk', part(0)], ['pv', part(1)]],
      outputs: ['y', 'pk2', 'pv2'],
      attributes: { num_heads: int(2) },
    });
    const attributes = { do_rotary: int(1), rotary_embedding_dim: int(dim) };
    const { outputs } = await runLowered(attend([weights, null, null, past(4)], attributes, ['y', 'present']));
    expect(differ(expected.outputs['y'], outputs['y'])).toBeLessThan(tolerance);
  });
});

describe('com.microsoft MultiHeadAttention', () => {
  const [query, key, value] = [named('q', [2, 3, 8], 0), named('k', [2, 5, 8], 40), named('v', [2, 5, 12], 60)];
  const bias = named('bias', [28], 20);
  const [narrow, short] = [named('v', [2, 5, 8], 60), named('bias', [24], 20)];
  const attend = (inputs: Inputs, attributes: Attributes = {}, outputs: readonly string[] = ['y']): LoweredCase => ({
    op: 'MultiHeadAttention',
    inputs,
    outputs,
    attributes: { num_heads: int(2), ...attributes },
  });
  const mask = (values: readonly number[], shape?: readonly number[]) => ['mask', int32(values, shape)] as const;
  const past = (length: number) => [named('pk', [2, 2, length, 4], 70), named('pv', [2, 2, length, 4], 80)] as const;
  const all = ['y', 'present_key', 'present_value'];
  it.each<readonly [string, LoweredCase]>([
    ['as it is', attend([query, key, value])],
    ['a bias', attend([query, key, value, bias])],
    ['ragged lengths', attend([query, key, value, bias, mask([5, 2])])],
    ['a mask of keys', attend([query, key, value, null, mask([1, 1, 1, 1, 1, 1, 0, 1, 0, 0], [2, 5])])],
    ['a bias of scores', attend([query, key, value, null, null, named('shift', [1, 2, 3, 5], 11)], { scale: 0.7 })],
    ['one way', attend([query, named('k', [2, 3, 8], 40), named('v', [2, 3, 8], 60)], { unidirectional: int(1) })],
    ['keys and values as a cache keeps them', attend([query, named('k', [2, 2, 5, 4], 40), named('v', [2, 2, 5, 4], 60)])],
    ['an empty past', attend([query, key, narrow, short, null, null, ...past(0)], {}, all)],
    ['a past', attend([query, key, narrow, short, null, null, ...past(4)], {}, all)],
    ['a past, and its scores', attend([query, key, narrow, short, mask([9, 3]), null, ...past(4)], {}, [...all, 'scores'])],
  ])('%s', async (_name, one) => {
    await expectEqual(one);
  });

  /** The numbers of tensors [batch, tokens, heads * size] in turn, as [batch, tokens, heads, parts, size]. */
  const pack = (parts: readonly Tensor[]) => {
    const [batch = 0, tokens = 0] = parts[0]?.dims ?? [];
    const numbers = Array.from({ length: batch * tokens * 2 * parts.length * 4 }, (_, at) => {
      const [unit, part] = [at % 4, Math.floor(at / 4) % parts.length];
      const head = Math.floor(at / (4 * parts.length)) % 2;
      const token = Math.floor(at / (8 * parts.length));
      return Number(parts[part]?.data[token * 8 + head * 4 + unit]);
    });
    return new Tensor('float32', Float32Array.from(numbers), [batch, tokens, 2, parts.length, 4]);
  };

  it('gives for packed keys and values what it gives for them apart', async () => {
    const expected = await compareLowered(attend([query, key, narrow]));
    const { outputs } = await runLowered(attend([query, ['kv', pack([key[1], narrow[1]])]]));
    expect(differ(expected.outputs['y'], outputs['y'])).toBeLessThan(tolerance);
  });

  it('gives for packed queries, keys and values what it gives for them apart, with a bias and a mask', async () => {
    const [own, mixed] = [named('k', [2, 3, 8], 40), named('v', [2, 3, 8], 60)];
    const more = [short, mask([3, 2])] as const;
    const expected = await compareLowered(attend([query, own, mixed, ...more]));
    const { outputs } = await runLowered(attend([['qkv', pack([query[1], own[1], mixed[1]])], null, null, ...more]));
    expect(differ(expected.outputs['y'], outputs['y'])).toBeLessThan(tolerance);
  });
});

describe('com.microsoft GroupQueryAttention', () => {
  const all = ['y', 'present_key', 'present_value'];
  interface Shape {
    readonly batch?: number;
    readonly tokens?: number;
    readonly past?: number | null;
    /** Keys of each row; those of the longest where left out. */
    readonly keys?: readonly number[];
    readonly packed?: boolean;
    readonly rotary?: number;
    /** Keys of the longest row, where they are not past + tokens. */
    readonly total?: number;
    /** Inputs from the ninth on. */
    readonly more?: Inputs;
  }
  const attend = (shape: Shape, attributes: Attributes = {}, outputs: readonly string[] = all): LoweredCase => {
    const { batch = 2, tokens = 3, past = 0, packed = false, rotary = 0, more = [] } = shape;
    const total = shape.total ?? (past ?? 0) + tokens;
    const keys = shape.keys ?? Array.from({ length: batch }, () => total);
    const parts = packed
      ? [named('qkv', [batch, tokens, 128], 0), null, null]
      : [named('q', [batch, tokens, 64], 0), named('k', [batch, tokens, 32], 30), named('v', [batch, tokens, 32], 60)];
    const cache = past === null ? [null, null] : [named('pk', [batch, 2, past, 16], 200), named('pv', [batch, 2, past, 16], 400)];
    const tables = rotary === 0 ? [null, null] : [named('cosine', [16, rotary], 11), named('sine', [16, rotary], 500)];
    const lengths = [['lengths', int32(keys.map((count) => count - 1))] as const, ['total', int32([total], [])] as const];
    return {
      op: 'GroupQueryAttention',
      inputs: [...parts, ...cache, ...lengths, ...tables, ...more],
      outputs,
      attributes: { num_heads: int(4), kv_num_heads: int(2), ...(rotary === 0 ? {} : { do_rotary: int(1) }), ...attributes },
    };
  };
  const places = ['places', int64([7, 3, 1, 2, 9, 4], [2, 3])] as const;
  it.each<readonly [string, LoweredCase]>([
    ['a prompt', attend({})],
    ['a prompt without a cache', attend({ past: null })],
    ['a prompt without a cache, one output', attend({ past: null }, {}, ['y'])],
    ['a ragged prompt', attend({ keys: [3, 2] })],
    ['a prompt into a longer cache', attend({ past: 8, total: 3, keys: [3, 1] })],
    ['packed', attend({ packed: true })],
    ['packed, turned by position', attend({ packed: true, rotary: 8 })],
    ['turned by position, a ragged prompt', attend({ rotary: 8, keys: [2, 3] })],
    ['turned by position, neighbours', attend({ rotary: 8 }, { rotary_interleaved: int(1) })],
    ['turned by position that is given', attend({ rotary: 8, more: [places] })],
    ['several tokens behind a past', attend({ batch: 1, past: 4, rotary: 8, packed: true })],
    [
      'several tokens behind a past, by positions that are given',
      attend({ batch: 1, past: 4, rotary: 8, more: [['places', int64([7, 3, 1], [1, 3])]] }),
    ],
    ['one token behind a past', attend({ tokens: 1, past: 4, rotary: 8 })],
    ['one token behind pasts of two lengths', attend({ tokens: 1, past: 4, rotary: 8, keys: [5, 3] })],
    ['one token into a longer cache', attend({ tokens: 1, past: 8, total: 5, rotary: 8, keys: [5, 3] })],
    ['scale and soft cap', attend({ batch: 1, past: 2 }, { scale: 3, softcap: 1.5 })],
    ['a window', attend({ batch: 1, tokens: 5, past: 3 }, { local_window_size: int(2) })],
    ['a bias of scores', attend({ more: [null, named('shift', [1, 4, 3, 3], 13)] }, { softcap: 2 })],
    ['a place that gives nothing', attend({}, { smooth_softmax: int(1) })],
    ['a place that gives nothing for each head', attend({ more: [null, null, named('sink', [4], 5)] })],
    ['its probabilities', attend({ batch: 1, past: 2 }, { qk_output: int(2) }, [...all, 'shown'])],
    ['its scores', attend({ batch: 1, past: 2 }, { qk_output: int(1), softcap: 2, local_window_size: int(3) }, [...all, 'shown'])],
  ])('%s', async (_name, one) => {
    await expectEqual(one);
  });

  // Without the fourth output the kernel takes another way, on which padding sees another window: what it sees is of no use. With it, what
  // the kernel shows of keys behind a row's last is memory that nothing was written to.
  it('a window in a ragged prompt', async () => {
    const attributes = { local_window_size: int(2), qk_output: int(2) };
    const { errors } = await compareLowered(attend({ tokens: 5, keys: [5, 3] }, attributes, [...all, 'shown']));
    for (const name of all) expect(errors[name]).toBeLessThan(tolerance);
  });
});

describe('ai.onnx Attention', () => {
  const attend = (inputs: Inputs, attributes: Attributes = {}, outputs: readonly string[] = ['y'], opset = 23): LoweredCase => ({
    op: 'Attention',
    domain: '',
    inputs,
    outputs,
    attributes,
    options: { opset },
  });
  const split = [named('q', [2, 4, 3, 8], 0), named('k', [2, 2, 5, 8], 40), named('v', [2, 2, 5, 6], 80)] as const;
  const even = [named('q', [2, 2, 3, 8], 0), named('k', [2, 2, 5, 8], 40), named('v', [2, 2, 5, 6], 80)] as const;
  const packed = [named('q', [2, 3, 32], 0), named('k', [2, 5, 16], 40), named('v', [2, 5, 12], 80)] as const;
  const heads = { q_num_heads: int(4), kv_num_heads: int(2) };
  const past = (length: number) => [named('pk', [2, 2, length, 8], 7), named('pv', [2, 2, length, 6], 9)] as const;
  const bits = (shape: readonly number[]) => {
    const length = shape.reduce((product, one) => product * one, 1);
    return [
      'mask',
      new Tensor(
        'bool',
        Uint8Array.from({ length }, (_, at) => (at % 5 === 0 || at % 3 > 0 ? 1 : 0)),
        shape,
      ),
    ] as const;
  };
  const all = ['y', 'present_key', 'present_value'];
  const shown = (mode: number, attributes: Attributes = {}) =>
    attend([...even, named('mask', [3, 5], 3)], { softcap: 1.5, qk_matmul_output_mode: int(mode), ...attributes }, ['y', '', '', 'shown']);
  it.each<readonly [string, LoweredCase]>([
    ['heads apart', attend(even)],
    ['fewer key heads', attend(split)],
    ['heads joined', attend(packed, heads)],
    ['a mask to add', attend([...split, named('mask', [2, 1, 3, 5], 3)], { scale: 0.5 })],
    ['a mask of booleans', attend([...packed, bits([3, 5])], heads)],
    ['a mask of booleans for each row', attend([...split, bits([2, 1, 3, 5])])],
    ['one way', attend(split, { is_causal: int(1) })],
    ['one way, with a mask', attend([...split, bits([2, 4, 3, 5])], { is_causal: int(1) })],
    ['soft cap and a mask', attend([...split, bits([3, 5])], { softcap: 0.5 })],
    ['an empty past', attend([...split, null, ...past(0)], {}, all)],
    ['a past, one way', attend([...split, null, ...past(4)], { is_causal: int(1) }, all)],
    ['a past, heads joined', attend([...packed, null, ...past(4)], heads, all)],
    ['lengths of rows', attend([...even, null, null, null, ['lengths', int64([5, 2])]], {}, ['y'], 24)],
    ['its product', shown(0)],
    ['its capped product', shown(1)],
    ['its scores', shown(2)],
    ['its probabilities', shown(3)],
  ])('%s', async (_name, one) => {
    await expectEqual(one);
  });
});
