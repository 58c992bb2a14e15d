import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Tensor } from 'onnxruntime-node';
import { attentionToy, buildOnnxModel, calmModel, type AttentionToy, type OnnxNode } from '#testing';
import { AttentionBench, int, int64, logs, real, x } from '../../test/attention-bench.js';
import { GateSession } from './gate-session.js';

let bench: AttentionBench;

beforeAll(async () => void (bench = await AttentionBench.open()));
afterAll(() => bench.close());

type Feeds = Readonly<Record<string, Tensor>>;

/** The numbers of output `y`, as the model gives them with these gates. */
async function answer(onnx: Uint8Array, feeds: Feeds, ...settings: readonly (readonly number[])[]): Promise<readonly number[]> {
  const gates = new GateSession(bench.folder, await bench.write(onnx), (session) =>
    session.run(feeds, { ...real, batch: feeds['x']?.dims[0] ?? 1 }),
  );
  try {
    const asked = settings.map((setting) => Float64Array.from(setting));
    return Array.from((await gates.run(feeds, asked, 'y')).data, Number);
  } finally {
    await gates.close();
  }
}

/** Head by head of an answer [heads, tokens, 1]: the mean of 1 : 2 : 3 and logarithms. */
const mean = logs.reduce((sum, log, at) => sum + (log * (at + 1)) / 6, 0);
function expectHeads(actual: readonly number[], factors: readonly number[], digits = 6): void {
  expect(actual).toHaveLength(factors.length * 3);
  actual.forEach((value, at) => expect(value).toBeCloseTo((factors[Math.floor(at / 3)] ?? NaN) * mean, digits));
}

const scalar = (name: string, value: number) => ({ name, type: 'float32', shape: [], values: [value] }) as const;

describe('GateSession', () => {
  it.each<readonly [string, AttentionToy]>([
    ['between plain products', {}],
    ['of an old operator set', { options: { opset: 11 } }],
    ['of a model with tensors of the same names', { tensors: [scalar('vitrine.gates', 1), scalar('vitrine/gated', 1)] }],
    [
      'behind rounded probabilities',
      {
        factor: [
          { op: 'QuantizeLinear', inputs: ['probabilities', 'fine'], outputs: ['rounded'] },
          { op: 'DequantizeLinear', inputs: ['rounded', 'fine'], outputs: ['factor'] },
        ],
        tensors: [scalar('fine', 1 / 240)],
      },
    ],
  ])('multiplies what each head gives %s', async (_what, toy) => {
    const onnx = attentionToy(toy);
    expectHeads(await answer(onnx, { x }, [1, 1]), [1, 1]);
    expectHeads(await answer(onnx, { x }, [0, 1]), [0, 1]);
    expectHeads(await answer(onnx, { x }, [1, -0.5]), [1, -0.5]);
  });

  it('gives every row of a batch its own gates', async () => {
    const twice = new Tensor('float32', Float32Array.from([...logs, ...logs, ...logs, ...logs]), [2, 2, 3, 1]);
    expectHeads(await answer(attentionToy(), { x: twice }, [0, 1], [1, 0.5]), [0, 1, 1, 0.5]);
    expectHeads(await answer(attentionToy(), { x: twice }, [0, 1]), [0, 1, 0, 1]);
  });

  it('gates the probabilities of an Einsum', async () => {
    const onnx = product([{ op: 'Einsum', inputs: ['probabilities', 'x'], outputs: ['y'], attributes: { equation: 'bhqk,bhkd->bhqd' } }]);
    expectHeads(await answer(onnx, { x }, [1, 0.5]), [1, 0.5]);
  });

  it('refuses an Einsum of rounded probabilities, by operator and node', async () => {
    const onnx = product([
      { op: 'QuantizeLinear', inputs: ['probabilities', 'fine', 'none'], outputs: ['small'] },
      { op: 'DequantizeLinear', inputs: ['small', 'fine', 'none'], outputs: ['factor'] },
      { op: 'Einsum', inputs: ['factor', 'x'], outputs: ['y'], attributes: { equation: 'bhqk,bhkd->bhqd' } },
    ]);
    await expect(answer(onnx, { x }, [1, 1])).rejects.toMatchObject({
      code: 'ATTENTION_UNAVAILABLE',
      detail: expect.stringMatching(/node "Softmax_5" \(Softmax\).* Einsum/),
      remedy: expect.stringContaining('eager'),
    });
  });

  it('gates products of rounded integers, between rounding and rounding', async () => {
    const round = (name: string): OnnxNode => ({ op: 'QuantizeLinear', inputs: [name, 'fine', 'none'], outputs: [`${name}_small`] });
    const integers: OnnxNode[] = [
      round('probabilities'),
      round('x'),
      {
        op: 'QLinearMatMul',
        inputs: ['probabilities_small', 'fine', 'none', 'x_small', 'fine', 'none', 'fine', 'none'],
        outputs: ['small'],
      },
      { op: 'DequantizeLinear', inputs: ['small', 'fine', 'none'], outputs: ['y'] },
    ];
    expectHeads(await answer(product(integers), { x }, [0, 1]), [0, 1], 2);
    const cast: OnnxNode[] = [
      round('probabilities'),
      round('x'),
      { op: 'MatMulInteger', inputs: ['probabilities_small', 'x_small', 'none', 'none'], outputs: ['whole'] },
      { op: 'Cast', inputs: ['whole'], outputs: ['wide'], attributes: { to: int(1) } },
      { op: 'Mul', inputs: ['wide', 'fine_squared'], outputs: ['y'] },
    ];
    expectHeads(await answer(product(cast), { x }, [1, 0]), [1, 0], 2);
  });

  it('gates ai.onnx Attention with packed heads', async () => {
    const port = (name: string) => ({ name, type: 'float32', shape: ['batch', 'tokens', 2] }) as const;
    const attributes = { q_num_heads: int(2), kv_num_heads: int(2), scale: 1 };
    const onnx = buildOnnxModel(
      {
        inputs: [port('x')],
        outputs: [port('y')],
        tensors: [scalar('zero', 0), scalar('one', 1)],
        nodes: [
          { op: 'Mul', inputs: ['x', 'zero'], outputs: ['nothing'] },
          { op: 'Add', inputs: ['nothing', 'one'], outputs: ['query'] },
          { op: 'Attention', inputs: ['query', 'x', 'x'], outputs: ['y'], attributes },
        ],
      },
      { opset: 23 },
    );
    const packed = new Tensor('float32', Float32Array.from(logs.flatMap((log) => [log, log])), [1, 3, 2]);
    const numbers = await answer(onnx, { x: packed }, [0, 0.5]);
    expectHeads(
      [0, 2, 4, 1, 3, 5].map((at) => numbers[at] ?? NaN),
      [0, 0.5],
    );
  });

  it('gates GroupQueryAttention for each head of the queries', async () => {
    const cache = (name: string) => ({ name, type: 'float32', shape: ['batch', 1, 'past', 16] }) as const;
    const onnx = buildOnnxModel({
      inputs: [{ name: 'x', type: 'float32', shape: ['batch', 'tokens', 32] }, cache('past_key'), cache('past_value')],
      outputs: [{ name: 'y', type: 'float32', shape: ['batch', 'tokens', 32] }],
      tensors: [
        { name: 'keys', type: 'float32', shape: [32, 16], values: Array<number>(32 * 16).fill(1 / 32) },
        int64('last', [2], [1]),
        int64('total', [3], []),
      ],
      nodes: [
        { op: 'MatMul', inputs: ['x', 'keys'], outputs: ['key'] },
        { op: 'Cast', inputs: ['last'], outputs: ['last32'], attributes: { to: int(6) } },
        { op: 'Cast', inputs: ['total'], outputs: ['total32'], attributes: { to: int(6) } },
        {
          op: 'GroupQueryAttention',
          domain: 'com.microsoft',
          inputs: ['x', 'key', 'key', 'past_key', 'past_value', 'last32', 'total32'],
          outputs: ['y', 'present_key', 'present_value'],
          attributes: { num_heads: int(2), kv_num_heads: int(1), scale: 1 },
        },
      ],
    });
    const empty = () => new Tensor('float32', new Float32Array(0), [1, 1, 0, 16]);
    const numbers = Float32Array.from({ length: 96 }, (_, at) => Math.sin(at));
    const feeds = { x: new Tensor('float32', numbers, [1, 3, 32]), past_key: empty(), past_value: empty() };
    const plain = await answer(onnx, feeds, [1, 1]);
    expect(plain.every((value) => value !== 0)).toBe(true);
    expect(await answer(onnx, feeds, [1, 0])).toEqual(plain.map((value, at) => (at % 32 < 16 ? value : value * 0)));
    expect(await answer(onnx, feeds, [0.5, 1])).toEqual(plain.map((value, at) => (at % 32 < 16 ? value / 2 : value)));
  });

  it('lists the heads that a run tells, and refuses settings of another length', async () => {
    const gates = new GateSession(bench.folder, await bench.write(attentionToy()), (session) => session.run({ x }, real));
    expect(await gates.layers()).toMatchObject([{ layer: 0, heads: 2 }]);
    await expect(gates.run({ x }, [Float64Array.of(1)], 'y')).rejects.toThrow('1 gates for 2 heads');
    await gates.close();
  });

  it('refuses a model without attention', async () => {
    await expect(answer(calmModel().onnx, {}, [])).rejects.toMatchObject({ code: 'ATTENTION_UNAVAILABLE' });
  });
});

/** The toy with other nodes from `probabilities` and `x` to `y`. */
function product(nodes: readonly OnnxNode[]): Uint8Array {
  const port = (name: string) => ({ name, type: 'float32', shape: ['batch', 'heads', 'tokens', 1] }) as const;
  return buildOnnxModel({
    inputs: [port('x')],
    outputs: [port('y')],
    tensors: [scalar('zero', 0), scalar('one', 1), scalar('fine', 1 / 200), scalar('fine_squared', 1 / 40_000)],
    nodes: [
      { op: 'Cast', inputs: ['zero'], outputs: ['none'], attributes: { to: int(2) } },
      { op: 'Mul', inputs: ['x', 'zero'], outputs: ['nothing'] },
      { op: 'Add', inputs: ['nothing', 'one'], outputs: ['query'] },
      { op: 'Transpose', inputs: ['x'], outputs: ['key'], attributes: { perm: { ints: [0, 1, 3, 2] } } },
      { op: 'MatMul', inputs: ['query', 'key'], outputs: ['scores'] },
      { op: 'Softmax', inputs: ['scores'], outputs: ['probabilities'], attributes: { axis: int(-1) } },
      ...nodes,
    ],
  });
}
