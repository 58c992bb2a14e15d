import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Tensor } from 'onnxruntime-node';
import { attentionToy, buildOnnxModel, calmModel, type OnnxNode } from '#testing';
import { all, AttentionBench, causal, expectRows, int, int64, logs, real, x } from '../../test/attention-bench.js';
import type { RealTokens } from './attention-map.js';
import { AttentionSession } from './attention-session.js';

let bench: AttentionBench;

beforeAll(async () => void (bench = await AttentionBench.open()));
afterAll(() => bench.close());

const minus = { name: 'minus', type: 'float32', shape: [], values: [-1e9] } as const;
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
    const { rows, map } = await bench.show(attentionToy(toy), { x });
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
    const { rows } = await bench.show(onnx, { x: new Tensor('float32', Float32Array.from(both), [1, 3, 2]) });
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
    const { rows, map } = await bench.show(onnx, { x });
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
    const { rows } = await bench.show(onnx, feeds);
    expectRows(rows[0], causal);
    expectRows(rows[1], [
      [1, 0, 0],
      [1 / 5, 4 / 5, 0],
      [1 / 14, 4 / 14, 9 / 14],
    ]);
  });

  describe('for chosen queries', () => {
    const toy = attentionToy({
      scores: [{ op: 'Add', inputs: ['product', 'mask'], outputs: ['scores'] }],
      tensors: [{ name: 'mask', type: 'float32', shape: [1, 1, 3, 3], values: triangle }],
    });

    it('gives their rows alone, in the order asked for', async () => {
      const session = new AttentionSession(bench.folder, await bench.write(toy));
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
      const session = new AttentionSession(bench.folder, await bench.write(toy));
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
    const { rows, map } = await bench.show(attentionToy({ softmax, options: { functions } }), { x });
    expectRows(rows[0], all);
    expect(map.layer.node).toBe('inlined/5/Softmax_0');
  });

  it('refuses a model without attention', async () => {
    const session = new AttentionSession(bench.folder, await bench.write(calmModel().onnx));
    await expect(session.layers()).rejects.toMatchObject({ code: 'ATTENTION_UNAVAILABLE', remedy: expect.stringContaining('transformer') });
  });

  it('refuses what does not behave as attention, by operator and node', async () => {
    const factor: OnnxNode[] = [{ op: 'Where', inputs: ['hidden', 'zero', 'probabilities'], outputs: ['factor'] }];
    const tensors = [{ name: 'hidden', type: 'bool', shape: [3], values: [1, 0, 0] }] as const;
    await expect(bench.show(attentionToy({ factor, tensors }), { x })).rejects.toMatchObject({
      code: 'ATTENTION_UNPROVEN',
      detail: expect.stringMatching(/Softmax of node "Softmax_5".* row that sums to 0.83/),
    });
  });

  it('refuses weight on padding', async () => {
    const tokens: RealTokens = { batch: 1, tokens: Uint8Array.of(1, 1, 0), decoderTokens: null };
    await expect(bench.show(attentionToy(), { x }, tokens)).rejects.toMatchObject({
      code: 'ATTENTION_UNPROVEN',
      detail: expect.stringContaining('key 2, which is padding'),
    });
  });
});
