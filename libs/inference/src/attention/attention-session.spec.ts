import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Tensor } from 'onnxruntime-node';
import { exposeAttention, findAttention } from '#graph';
import { attentionToy, buildOnnxModel, calmModel, type OnnxNode, type OnnxTensor } from '#testing';
import { readGraph } from '../folder/read-graph.js';
import { OnnxSession } from '../session/onnx-session.js';
import { AttentionSession } from './attention-session.js';
import type { RealTokens } from './attention-map.js';

/** Keys in proportion 1 : 2 : 3, two heads with the same. */
const logs = [1, 2, 3].map(Math.log);
const x = new Tensor('float32', Float32Array.from([...logs, ...logs]), [1, 2, 3, 1]);
const real: RealTokens = { batch: 1, tokens: null, decoderTokens: null };
const all = [
  [1 / 6, 2 / 6, 3 / 6],
  [1 / 6, 2 / 6, 3 / 6],
  [1 / 6, 2 / 6, 3 / 6],
];
const causal = [
  [1, 0, 0],
  [1 / 3, 2 / 3, 0],
  [1 / 6, 2 / 6, 3 / 6],
];
const minus = { name: 'minus', type: 'float32', shape: [], values: [-1e9] } as const;
const int64 = (name: string, values: readonly number[], shape: readonly number[] = [values.length]): OnnxTensor => ({
  name,
  type: 'int64',
  shape,
  values,
});
const int = (value: number) => ({ int: value });

let folder: string;

beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'vitrine-attention-'))));
afterAll(() => rm(folder, { recursive: true }));

async function write(onnx: Uint8Array): Promise<string> {
  const name = `model-${onnx.length}-${Buffer.from(onnx).reduce((sum, byte) => (sum * 31 + byte) % 1e9, 7)}.onnx`;
  await writeFile(join(folder, name), onnx);
  return name;
}

/** Attention of the only layer, [head][query][key], after the answer was found to be that of the model as it was. */
async function show(onnx: Uint8Array, feeds: Readonly<Record<string, Tensor>>, tokens: RealTokens = real) {
  const session = new AttentionSession(folder, await write(onnx));
  try {
    const [map, ...others] = await session.run(feeds, tokens);
    if (map === undefined || others.length > 0) throw new Error(`${others.length + 1} layers`);
    const { heads, queries, keys } = map;
    const rows = Array.from({ length: heads }, (_, head) =>
      Array.from({ length: queries }, (_query, query) => [
        ...map.probabilities.subarray((head * queries + query) * keys, (head * queries + query + 1) * keys),
      ]),
    );
    return { rows, map };
  } finally {
    await session.close();
  }
}

function expectRows(actual: readonly (readonly number[])[] | undefined, expected: readonly (readonly number[])[]): void {
  expect(actual?.length).toBe(expected.length);
  expected.forEach((row, at) => row.forEach((value, key) => expect(actual?.[at]?.[key]).toBeCloseTo(value, 6)));
}

const positions: readonly OnnxNode[] = [
  { op: 'Shape', inputs: ['x'], outputs: ['shape'] },
  { op: 'Gather', inputs: ['shape', 'two'], outputs: ['length'] },
  { op: 'Range', inputs: ['start', 'length', 'step'], outputs: ['columns'] },
  { op: 'Unsqueeze', inputs: ['columns', 'axis'], outputs: ['lines'] },
  { op: 'LessOrEqual', inputs: ['columns', 'lines'], outputs: ['visible'] },
];
const positionTensors = [int64('two', [2], []), int64('start', [0], []), int64('step', [1], []), int64('axis', [1])];
const triangle = [0, -1e9, -1e9, 0, 0, -1e9, 0, 0, 0];

describe('AttentionSession', () => {
  it.each([
    ['bare', {}, all, 'self'],
    [
      'with scale and soft cap of scores',
      {
        scores: [
          { op: 'Mul', inputs: ['product', 'two'], outputs: ['doubled'] },
          { op: 'Div', inputs: ['doubled', 'two'], outputs: ['same'] },
          { op: 'Cast', inputs: ['same'], outputs: ['scores'], attributes: { to: int(1) } },
        ],
        tensors: [{ name: 'two', type: 'float32', shape: [], values: [2] } as const],
      },
      all,
      'self',
    ],
    [
      'under a stored triangle',
      {
        scores: [{ op: 'Add', inputs: ['product', 'mask'], outputs: ['scores'] }],
        tensors: [{ name: 'mask', type: 'float32', shape: [1, 1, 3, 3], values: triangle } as const],
      },
      causal,
      'causal-self',
    ],
    [
      'under compared positions',
      {
        scores: [...positions, { op: 'Where', inputs: ['visible', 'product', 'minus'], outputs: ['scores'] }],
        tensors: [...positionTensors, minus],
      },
      causal,
      'causal-self',
    ],
    [
      'under a stored table that is no triangle',
      {
        scores: [{ op: 'Add', inputs: ['product', 'mask'], outputs: ['scores'] }],
        tensors: [
          { name: 'mask', type: 'float32', shape: [1, 1, 3, 3], values: triangle.map((value, at) => (at === 5 ? 0 : value)) } as const,
        ],
      },
      [causal[0] ?? [], all[1] ?? [], all[2] ?? []],
      'self',
    ],
    [
      'behind IsNaN, Where and Dropout',
      {
        factor: [
          { op: 'IsNaN', inputs: ['probabilities'], outputs: ['missing'] },
          { op: 'Where', inputs: ['missing', 'zero', 'probabilities'], outputs: ['safe'] },
          { op: 'Dropout', inputs: ['safe'], outputs: ['factor'] },
        ],
      },
      all,
      'self',
    ],
    [
      'before rounding and gates',
      {
        factor: [
          { op: 'QuantizeLinear', inputs: ['probabilities', 'coarse'], outputs: ['rounded'] },
          { op: 'DequantizeLinear', inputs: ['rounded', 'coarse'], outputs: ['wide'] },
          { op: 'Mul', inputs: ['wide', 'gate'], outputs: ['factor'] },
        ],
        tensors: [
          { name: 'coarse', type: 'float32', shape: [], values: [0.1] } as const,
          { name: 'gate', type: 'float32', shape: [], values: [0.5] } as const,
        ],
      },
      all,
      'self',
    ],
  ] as const)('shows attention %s', async (_what, toy, expected, kind) => {
    const { rows, map } = await show(attentionToy(toy), { x });
    expect(rows).toHaveLength(2);
    rows.forEach((head) => expectRows(head, expected));
    expect(map.layer).toMatchObject({ kind, layer: 0, operator: 'Softmax', exposure: { how: 'tensor' } });
  });

  it('unfolds heads that the graph keeps in the batch, by the number that the split names', async () => {
    const onnx = buildOnnxModel({
      inputs: [{ name: 'x', type: 'float32', shape: ['batch', 'tokens', 2] }],
      outputs: [{ name: 'y', type: 'float32', shape: ['folded', 'tokens', 1] }],
      tensors: [
        { name: 'zero', type: 'float32', shape: [], values: [0] },
        { name: 'one', type: 'float32', shape: [], values: [1] },
        int64('split', [0, -1, 2, 1]),
        int64('fold', [-1, 3, 1]),
      ],
      nodes: [
        { op: 'Mul', inputs: ['x', 'zero'], outputs: ['nothing'] },
        { op: 'Add', inputs: ['nothing', 'one'], outputs: ['ones'] },
        ...['ones', 'x'].flatMap((name) => [
          { op: 'Reshape', inputs: [name, 'split'], outputs: [`${name}_split`] },
          { op: 'Transpose', inputs: [`${name}_split`], outputs: [`${name}_heads`], attributes: { perm: { ints: [0, 2, 1, 3] } } },
          { op: 'Reshape', inputs: [`${name}_heads`, 'fold'], outputs: [`${name}_folded`] },
        ]),
        { op: 'Transpose', inputs: ['x_folded'], outputs: ['key'], attributes: { perm: { ints: [0, 2, 1] } } },
        { op: 'MatMul', inputs: ['ones_folded', 'key'], outputs: ['scores'] },
        { op: 'Softmax', inputs: ['scores'], outputs: ['probabilities'], attributes: { axis: int(-1) } },
        { op: 'MatMul', inputs: ['probabilities', 'x_folded'], outputs: ['y'] },
      ],
    });
    const both = logs.flatMap((value) => [value, 2 * value]);
    const { rows } = await show(onnx, { x: new Tensor('float32', Float32Array.from(both), [1, 3, 2]) });
    expectRows(rows[0], all);
    const squares = [1 / 14, 4 / 14, 9 / 14];
    expectRows(rows[1], [squares, squares, squares]);
  });

  it('asks ai.onnx Attention for its probabilities, whatever it gave before', async () => {
    const port = (name: string) => ({ name, type: 'float32', shape: ['batch', 2, 'tokens', 1] }) as const;
    const attributes = { is_causal: int(1), scale: 1, qk_matmul_output_mode: int(0) };
    const onnx = buildOnnxModel(
      {
        inputs: [port('x')],
        outputs: [port('y')],
        tensors: [
          { name: 'zero', type: 'float32', shape: [], values: [0] },
          { name: 'one', type: 'float32', shape: [], values: [1] },
        ],
        nodes: [
          { op: 'Mul', inputs: ['x', 'zero'], outputs: ['nothing'] },
          { op: 'Add', inputs: ['nothing', 'one'], outputs: ['query'] },
          { op: 'Attention', inputs: ['query', 'x', 'x'], outputs: ['y'], attributes },
        ],
      },
      { opset: 23 },
    );
    const { rows, map } = await show(onnx, { x });
    rows.forEach((head) => expectRows(head, causal));
    expect(map.layer).toMatchObject({ kind: 'causal-self', operator: 'Attention', exposure: { how: 'output' } });
  });

  it('asks GroupQueryAttention for its probabilities', async () => {
    const cache = (name: string) => ({ name, type: 'float32', shape: ['batch', 1, 'past', 16] }) as const;
    const onnx = buildOnnxModel({
      inputs: [{ name: 'x', type: 'float32', shape: ['batch', 'tokens', 1] }, cache('past_key'), cache('past_value')],
      outputs: [{ name: 'y', type: 'float32', shape: ['batch', 'tokens', 32] }],
      tensors: [
        // A token's number becomes the first coordinate of its key; queries of the second head are twice those of the first.
        { name: 'keys', type: 'float32', shape: [1, 16], values: [1, ...Array<number>(15).fill(0)] },
        { name: 'none', type: 'float32', shape: [1, 32], values: Array<number>(32).fill(0) },
        { name: 'queries', type: 'float32', shape: [32], values: [1, ...Array<number>(15).fill(0), 2, ...Array<number>(15).fill(0)] },
        int64('last', [2], [1]),
        int64('total', [3], []),
      ],
      nodes: [
        { op: 'MatMul', inputs: ['x', 'keys'], outputs: ['key'] },
        { op: 'MatMul', inputs: ['x', 'none'], outputs: ['nothing'] },
        { op: 'Add', inputs: ['nothing', 'queries'], outputs: ['query'] },
        { op: 'Cast', inputs: ['last'], outputs: ['last32'], attributes: { to: int(6) } },
        { op: 'Cast', inputs: ['total'], outputs: ['total32'], attributes: { to: int(6) } },
        {
          op: 'GroupQueryAttention',
          domain: 'com.microsoft',
          inputs: ['query', 'key', 'key', 'past_key', 'past_value', 'last32', 'total32'],
          outputs: ['y', 'present_key', 'present_value'],
          attributes: { num_heads: int(2), kv_num_heads: int(1), scale: 1 },
        },
      ],
    });
    const empty = () => new Tensor('float32', new Float32Array(0), [1, 1, 0, 16]);
    const feeds = { x: new Tensor('float32', Float32Array.from(logs), [1, 3, 1]), past_key: empty(), past_value: empty() };
    const { rows } = await show(onnx, feeds);
    expectRows(rows[0], causal);
    expectRows(rows[1], [
      [1, 0, 0],
      [1 / 5, 4 / 5, 0],
      [1 / 14, 4 / 14, 9 / 14],
    ]);
  });

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
      const { rows, map } = await show(onnx, { x: tokens, attention_mask }, padded);
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
      const { rows, map } = await show(onnx, { x: tokens, attention_mask }, { ...padded, tokens: null });
      expectRows(rows[0], causal);
      expect(map.layer.kind).toBe('causal-self');
    });

    it.each([
      ['Attention', fused('lengths', {})],
      ['Attention, one way', fused('mask32', { unidirectional: int(1) })],
      ['MultiHeadAttention', apart('lengths', {})],
      ['MultiHeadAttention, one way', apart('mask32', { unidirectional: int(1) })],
    ] as const)('com.microsoft %s, and the answer stays what the fused operator gives', async (_operator, onnx) => {
      const feeds = { x: tokens, attention_mask };
      const modelFile = await write(onnx);
      const plain = new OnnxSession({ folder, modelFile, patched: null });
      const graph = readGraph(modelFile, onnx);
      const finding = findAttention(graph);
      if (!finding.found) throw new Error(finding.refusal.detail);
      const patched = new OnnxSession({ folder, modelFile, patched: exposeAttention(onnx, graph, finding.layers).bytes });
      const [before, after] = await Promise.all([plain.run(feeds, 'y'), patched.run(feeds, 'y')]);
      await Promise.all([plain.close(), patched.close()]);
      // The last token of the second row is padding; what it sees is of no use.
      for (let at = 0; at < 10; at++) expect(Number(after.data[at])).toBeCloseTo(Number(before.data[at]), 6);
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
    const visible = new Tensor(
      'int32',
      Int32Array.from([1, 0, 0, 0, 1, 1, 0, 0, 1, 1, 1, 0, 1, 0, 0, 0, 1, 1, 1, 0, 1, 1, 1, 1]),
      [2, 3, 4],
    );
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
      const modelFile = await write(onnx);
      const graph = readGraph(modelFile, onnx);
      const finding = findAttention(graph);
      if (!finding.found) throw new Error(finding.refusal.detail);
      const plain = new OnnxSession({ folder, modelFile, patched: null });
      const patched = new OnnxSession({ folder, modelFile, patched: exposeAttention(onnx, graph, finding.layers).bytes });
      const [before, after] = await Promise.all([plain.runAll(feeds, outputs), patched.runAll(feeds, outputs)]);
      await Promise.all([plain.close(), patched.close()]);
      before.forEach((tensor, at) => {
        expect(after[at]?.dims).toEqual(tensor.dims);
        tensor.data.forEach((value, place) => expect(Number(after[at]?.data[place])).toBeCloseTo(Number(value), 5));
      });
    });
  });

  describe('for chosen queries', () => {
    const toy = attentionToy({
      scores: [{ op: 'Add', inputs: ['product', 'mask'], outputs: ['scores'] }],
      tensors: [{ name: 'mask', type: 'float32', shape: [1, 1, 3, 3], values: triangle }],
    });

    it('gives their rows alone, in the order asked for', async () => {
      const session = new AttentionSession(folder, await write(toy));
      const [map] = await session.runQueries({ x }, real, { of: 3, at: [2, 0] });
      await session.close();
      expect(map).toMatchObject({ heads: 2, queries: 2, keys: 3 });
      expectRows(
        [[...(map?.probabilities.subarray(0, 3) ?? [])], [...(map?.probabilities.subarray(9, 12) ?? [])]],
        [
          [1 / 6, 2 / 6, 3 / 6],
          [1, 0, 0],
        ],
      );
    });

    it('holds each row against the place of its query', async () => {
      const session = new AttentionSession(folder, await write(toy));
      // The second of four would see two keys of four at most; these rows are those of three.
      await expect(session.runQueries({ x }, real, { of: 4, at: [2] })).rejects.toMatchObject({ code: 'ATTENTION_UNPROVEN' });
      await expect(session.runQueries({ x }, real, { of: 3, at: [3] })).rejects.toThrow('none at 3');
      await session.close();
    });
  });

  it('looks into the functions of a model', async () => {
    const softmax: OnnxNode = {
      op: 'Hidden',
      domain: 'own',
      inputs: ['scores'],
      outputs: ['probabilities'],
      attributes: { along: int(-1) },
    };
    const nodes: OnnxNode[] = [{ op: 'Softmax', inputs: ['in'], outputs: ['out'], attributes: { axis: { intOf: 'along' } } }];
    const functions = [{ domain: 'own', name: 'Hidden', inputs: ['in'], outputs: ['out'], attributes: ['along'], nodes }];
    const { rows, map } = await show(attentionToy({ softmax, options: { functions } }), { x });
    expectRows(rows[0], all);
    expect(map.layer.node).toBe('inlined/5/Softmax_0');
  });

  it('refuses a model without attention', async () => {
    const session = new AttentionSession(folder, await write(calmModel().onnx));
    await expect(session.layers()).rejects.toMatchObject({ code: 'ATTENTION_UNAVAILABLE', remedy: expect.stringContaining('transformer') });
  });

  it('refuses what does not behave as attention, by operator and node', async () => {
    const factor: OnnxNode[] = [{ op: 'Where', inputs: ['hidden', 'zero', 'probabilities'], outputs: ['factor'] }];
    const tensors = [{ name: 'hidden', type: 'bool', shape: [3], values: [1, 0, 0] }] as const;
    await expect(show(attentionToy({ factor, tensors }), { x })).rejects.toMatchObject({
      code: 'ATTENTION_UNPROVEN',
      detail: expect.stringMatching(/Softmax of node "Softmax_5".* row that sums to 0.83/),
    });
  });

  it('refuses weight on padding', async () => {
    const tokens: RealTokens = { batch: 1, tokens: Uint8Array.of(1, 1, 0), decoderTokens: null };
    await expect(show(attentionToy(), { x }, tokens)).rejects.toMatchObject({
      code: 'ATTENTION_UNPROVEN',
      detail: expect.stringContaining('key 2, which is padding'),
    });
  });
});
