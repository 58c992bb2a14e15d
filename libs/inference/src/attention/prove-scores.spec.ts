import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Tensor } from 'onnxruntime-node';
import { attentionToy, buildOnnxModel, type OnnxNode } from '#testing';
import { AttentionBench, int, logs, real, x } from '../../test/attention-bench.js';
import type { AttentionMap } from './attention-map.js';
import { AttentionSession } from './attention-session.js';
import { findRealRows } from './find-real-rows.js';
import { proveScores } from './prove-scores.js';

let bench: AttentionBench;

beforeAll(async () => void (bench = await AttentionBench.open()));
afterAll(() => bench.close());

const lowest = -3.4028234663852886e38;

async function show(onnx: Uint8Array): Promise<AttentionMap> {
  const session = new AttentionSession(bench.folder, await bench.write(onnx));
  try {
    const [map] = await session.run({ x }, real, () => true, 'score');
    if (map === undefined) throw new Error('no layer');
    return map;
  } finally {
    await session.close();
  }
}

const scalar = (name: string, value: number) => ({ name, type: 'float32', shape: [], values: [value] }) as const;
/** The toy under a triangle that hides by this number. */
const masked = (hides: number): Uint8Array =>
  attentionToy({
    scores: [{ op: 'Add', inputs: ['product', 'mask'], outputs: ['scores'] }],
    tensors: [{ name: 'mask', type: 'float32', shape: [1, 1, 3, 3], values: [0, hides, hides, 0, 0, hides, 0, 0, 0] }],
  });

function expectNumbers(actual: ArrayLike<number> | null | undefined, expected: readonly number[]): void {
  expect(actual?.length).toBe(expected.length);
  expected.forEach((value, at) => expect(actual?.[at]).toBeCloseTo(value, 6));
}

describe('scores before the softmax', () => {
  it('are what goes into it', async () => {
    const { scores, probabilities } = await show(attentionToy());
    expectNumbers(scores, [...logs, ...logs, ...logs, ...logs, ...logs, ...logs]);
    expect(probabilities).toHaveLength(18);
  });

  it.each([
    [-10_000, -10_000],
    [-Infinity, lowest],
  ])('that a mask of %d hides are %d, and finite', async (hides, shown) => {
    const { scores } = await show(masked(hides));
    const [one = NaN, two = NaN, three = NaN] = logs;
    expect(Array.from(scores?.subarray(0, 9) ?? [], (score) => (score < -9000 ? Math.abs(score / shown - 1) < 1e-3 : score))).toEqual([
      ...[expect.closeTo(one), true, true],
      ...[expect.closeTo(one), expect.closeTo(two), true],
      ...[expect.closeTo(one), expect.closeTo(two), expect.closeTo(three)],
    ]);
    expect(scores?.every(Number.isFinite)).toBe(true);
    if (hides === -Infinity) expect(scores?.[1]).toBe(lowest);
  });

  it.each([0, 1])('of ai.onnx Attention are behind soft cap (%d) and mask, beside its answer and probabilities', async (softcap) => {
    const port = (name: string) => ({ name, type: 'float32', shape: ['batch', 2, 'tokens', 1] }) as const;
    const attributes = { is_causal: int(1), scale: 1, softcap };
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
    const { scores, layer } = await show(onnx);
    expect(layer).toMatchObject({ operator: 'Attention', kind: 'causal-self' });
    expectNumbers(scores?.subarray(6, 9), softcap === 0 ? logs : logs.map(Math.tanh));
    expect(scores?.[1]).toBeLessThan(-1e4);
  });

  it('of com.microsoft BiasSoftmax are refused by operator and node', async () => {
    const softmax: OnnxNode = {
      op: 'BiasSoftmax',
      domain: 'com.microsoft',
      inputs: ['scores', 'scores'],
      outputs: ['probabilities'],
      attributes: { axis: int(3), is_inner_broadcast: int(0) },
    };
    await expect(show(attentionToy({ softmax }))).rejects.toMatchObject({
      code: 'ATTENTION_UNAVAILABLE',
      detail: expect.stringMatching(/BiasSoftmax.* keeps its scores/),
      remedy: expect.stringContaining('probabilities'),
    });
  });

  describe('are proven', () => {
    const map: AttentionMap = {
      layer: {
        ...{ kind: 'self', layer: 0, heads: 1, operator: 'Softmax', node: 'softmax_7', place: 7 },
        exposure: { how: 'tensor', tensor: 'p' },
      },
      ...{ batch: 1, heads: 1, queries: 1, keys: 3, quantised: null, scores: null },
      probabilities: Float32Array.of(1 / 6, 2 / 6, 3 / 6),
    };
    const prove = (numbers: readonly number[], dims: readonly number[] = [1, 1, 1, 3], tokens: Uint8Array | null = null) =>
      proveScores(
        map,
        new Tensor('float32', Float32Array.from(numbers), dims),
        findRealRows(map, { batch: 1, tokens, decoderTokens: null }, false, null),
      );

    it('by their softmax, whatever is added to a whole row', () => {
      expectNumbers(prove(logs.map((log) => log + 5)), Array.from(Float32Array.from(logs, (log) => log + 5)));
    });

    it.each<readonly [string, readonly number[], readonly number[], RegExp]>([
      ['a row that is off by little', logs.with(0, 0.001), [1, 1, 1, 3], /softmax is .* from its probabilities .*query 0/],
      ['NaN', logs.with(1, NaN), [1, 1, 1, 3], /softmax is NaN/],
      ['another shape', [...logs, ...logs], [1, 1, 2, 3], /the shape \[1, 1, 2, 3\], not \[1, 1, 1, 3\]/],
    ])('and refused for %s', (_what, numbers, dims, detail) => {
      expect(() => prove(numbers, dims)).toThrow(
        expect.objectContaining({ code: 'ATTENTION_UNPROVEN', detail: expect.stringMatching(detail) }),
      );
    });

    it('for real queries alone', () => {
      expect(() => prove([9, 9, 9], [1, 1, 1, 3], Uint8Array.of(1, 1, 0))).not.toThrow();
    });
  });
});
