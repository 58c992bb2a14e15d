import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Tensor } from 'onnxruntime-node';
import { buildOnnxModel, type OnnxNode, type OnnxTensor } from '#testing';
import { all, AttentionBench, causal, expectRows, int, int64, logs } from '../../test/attention-bench.js';
import type { RealTokens } from './attention-map.js';

let bench: AttentionBench;

beforeAll(async () => void (bench = await AttentionBench.open()));
afterAll(() => bench.close());

describe('writes out', () => {
  const tokens = new Tensor('float32', Float32Array.from([...logs, ...logs].flatMap((value) => [value, 1])), [2, 3, 2]);
  /** Two rows; of the second the last token is padding. */
  const attention_mask = new Tensor('int64', BigInt64Array.from([1n, 1n, 1n, 1n, 1n, 0n]), [2, 3]);
  const padded: RealTokens = { batch: 2, tokens: Uint8Array.from([1, 1, 1, 1, 1, 0]), decoderTokens: null };
  const inputs = [
    { name: 'x', type: 'float32', shape: ['batch', 'tokens', 2] },
    { name: 'attention_mask', type: 'int64', shape: ['batch', 'tokens'] },
  ] as const;
  const outputs = [{ name: 'y', type: 'float32', shape: ['batch', 'tokens', 2] }] as const;
  // Columns of two heads each: queries 1 and 2, keys and values the token's number.
  const weights = { name: 'weights', type: 'float32', shape: [2, 6], values: [0, 0, 1, 1, 1, 1, 1, 2, 0, 0, 0, 0] } as const;
  const bias = { name: 'bias', type: 'float32', shape: [6], values: [0, 0, 0.5, 0.5, 0, 0] } as const;
  const mask32: OnnxNode = { op: 'Cast', inputs: ['attention_mask'], outputs: ['mask32'], attributes: { to: int(6) } };
  const counted: OnnxNode = { op: 'ReduceSum', inputs: ['mask32', 'axis'], outputs: ['lengths'], attributes: { keepdims: int(0) } };
  const fused = (mask: string, attributes: Readonly<Record<string, number | { int: number }>>): Uint8Array =>
    buildOnnxModel({
      inputs,
      outputs,
      tensors: [weights, bias, int64('axis', [1])],
      nodes: [
        mask32,
        counted,
        {
          op: 'Attention',
          domain: 'com.microsoft',
          inputs: ['x', 'weights', 'bias', mask],
          outputs: ['y'],
          attributes: { num_heads: int(2), ...attributes },
        },
      ],
    });
  const apart = (mask: string, attributes: Readonly<Record<string, number | { int: number }>>): Uint8Array =>
    buildOnnxModel({
      inputs,
      outputs,
      tensors: [weights, bias, int64('axis', [1]), ...[0, 2, 4, 6].map((at) => int64(`at${at}`, [at])), int64('columns', [1])],
      nodes: [
        mask32,
        counted,
        ...['query', 'key', 'value'].flatMap((name, part) => [
          { op: 'Slice', inputs: ['weights', `at${2 * part}`, `at${2 * part + 2}`, 'columns'], outputs: [`${name}_weights`] },
          { op: 'MatMul', inputs: ['x', `${name}_weights`], outputs: [name] },
        ]),
        {
          op: 'MultiHeadAttention',
          domain: 'com.microsoft',
          inputs: ['query', 'key', 'value', 'bias', mask],
          outputs: ['y'],
          attributes: { num_heads: int(2), ...attributes },
        },
      ],
    });

  it.each([
    ['Attention', 'lengths of rows', fused('lengths', { scale: 1 })],
    ['Attention', 'a mask of keys', fused('mask32', { scale: 1 })],
    ['MultiHeadAttention', 'lengths of rows', apart('lengths', { scale: 1 })],
    ['MultiHeadAttention', 'a mask of keys', apart('mask32', { scale: 1 })],
  ] as const)('com.microsoft %s with %s', async (operator, _mask, onnx) => {
    const { rows, map } = await bench.show(onnx, { x: tokens, attention_mask }, padded);
    expectRows(rows[0], all);
    const squares = [1 / 14, 4 / 14, 9 / 14];
    expectRows(rows[1], [squares, squares, squares]);
    expect(map.layer).toMatchObject({ kind: 'self', operator: `com.microsoft:${operator}`, heads: 2, exposure: { how: 'lower' } });
    const second = map.probabilities.subarray(map.heads * 9, map.heads * 9 + 6);
    expectRows(
      [[...second.subarray(0, 3)], [...second.subarray(3)]],
      [
        [1 / 3, 2 / 3, 0],
        [1 / 3, 2 / 3, 0],
      ],
    );
  });

  it.each([
    ['Attention', fused('', { scale: 1, unidirectional: int(1) })],
    ['MultiHeadAttention', apart('', { scale: 1, unidirectional: int(1) })],
  ] as const)('com.microsoft %s that sees no later token', async (_operator, onnx) => {
    const { rows, map } = await bench.show(onnx, { x: tokens, attention_mask }, { ...padded, tokens: null });
    expectRows(rows[0], causal);
    expect(map.layer.kind).toBe('causal-self');
  });

  it.each([
    ['Attention', fused('lengths', {})],
    ['Attention, one way', fused('mask32', { unidirectional: int(1) })],
    ['MultiHeadAttention', apart('lengths', {})],
    ['MultiHeadAttention, one way', apart('mask32', { unidirectional: int(1) })],
  ] as const)('com.microsoft %s, and the answer stays what the fused operator gives', async (_operator, onnx) => {
    const [[before], [after]] = await bench.runBoth(onnx, { x: tokens, attention_mask }, ['y']);
    // The last token of the second row is padding; what it sees is of no use.
    for (let at = 0; at < 10; at++) expect(Number(after?.data[at])).toBeCloseTo(Number(before?.data[at]), 6);
  });
});

describe('writes out every form of a fused operator, and its answers stay what the operator gives', () => {
  /** Numbers without pattern: a seedless sequence in (-1, 1). */
  const numbers = (length: number, from: number) => Array.from({ length }, (_, at) => Math.sin(12.9898 * (from + at)) * 0.99);
  const floats = (shape: readonly number[], from: number) =>
    new Tensor(
      'float32',
      Float32Array.from(
        numbers(
          shape.reduce((product, length) => product * length, 1),
          from,
        ),
      ),
      shape,
    );
  const port = (name: string, shape: readonly (number | string)[], type: 'float32' | 'int32' = 'float32') => ({ name, type, shape });
  const stored = (name: string, shape: readonly number[], from: number): OnnxTensor => ({
    name,
    type: 'float32',
    shape,
    values: numbers(
      shape.reduce((product, length) => product * length, 1),
      from,
    ),
  });
  const weights = [stored('weights', [6, 18], 100), stored('bias', [18], 900)];
  const x = floats([2, 3, 6], 1);
  const visible = new Tensor('int32', Int32Array.from([1, 0, 0, 0, 1, 1, 0, 0, 1, 1, 1, 0, 1, 0, 0, 0, 1, 1, 1, 0, 1, 1, 1, 1]), [2, 3, 4]);
  const past = floats([2, 2, 2, 1, 3], 300);
  const head = (from: number, tokens: number) => floats([2, 2, tokens, 3], from);

  it.each<readonly [string, string, readonly string[], Readonly<Record<string, Tensor>>, readonly string[]]>([
    ['a cache', 'Attention', ['x', 'weights', 'bias', '', 'past'], { x, past }, ['y', 'present']],
    [
      'a cache and a mask of queries and keys',
      'Attention',
      ['x', 'weights', 'bias', 'visible', 'past'],
      { x, visible, past },
      ['y', 'present'],
    ],
    ['a bias of scores', 'Attention', ['x', 'weights', 'bias', '', '', 'shift'], { x, shift: floats([1, 2, 3, 3], 500) }, ['y']],
    ['keys and values of a cache', 'MultiHeadAttention', ['x', 'k', 'v'], { x, k: head(20, 5), v: head(80, 5) }, ['y']],
    [
      'a longer past and a bias',
      'MultiHeadAttention',
      ['x', 'key', 'value', 'bias', '', 'shift', 'k', 'v'],
      { x, key: floats([2, 3, 6], 40), value: floats([2, 3, 6], 60), shift: floats([2, 2, 3, 5], 500), k: head(20, 2), v: head(80, 2) },
      ['y', 'present_key', 'present_value'],
    ],
  ])('%s', async (_what, op, inputs, feeds, outputs) => {
    const onnx = buildOnnxModel({
      inputs: Object.entries(feeds).map(([name, { type, dims }]) =>
        port(
          name,
          dims.map((length, axis) => (axis === 0 && name !== 'past' ? 'batch' : length)),
          type === 'int32' ? 'int32' : 'float32',
        ),
      ),
      outputs: outputs.map((name) =>
        port(name, name === 'y' ? ['batch', 'tokens', 6] : name === 'present' ? [2, 'batch', 2, 'total', 3] : ['batch', 2, 'total', 3]),
      ),
      tensors: weights.filter(({ name }) => inputs.includes(name)),
      nodes: [{ op, domain: 'com.microsoft', inputs, outputs, attributes: { num_heads: int(2) } }],
    });
    const [before, after] = await bench.runBoth(onnx, feeds, outputs);
    before.forEach((tensor, at) => {
      expect(after[at]?.dims).toEqual(tensor.dims);
      tensor.data.forEach((value, place) => expect(Number(after[at]?.data[place])).toBeCloseTo(Number(value), 5));
    });
  });
});
