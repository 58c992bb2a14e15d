import { describe, expect, it } from '@jest/globals';
import { InferenceSession } from 'onnxruntime-node';
import { buildCase, differ, floats, int, int32, tolerance, type LoweredCase } from '../../test/compare-lowered.js';
import { readModelGraph } from '../read-model-graph.js';
import { exposeAttention } from './expose-attention.js';
import { findAttention } from './find-attention.js';

const named = (name: string, shape: readonly number[], from: number) => [name, floats(shape, from)] as const;

/** Probabilities and scores of the only layer of a model that the runtime has no kernel for as it is. */
async function expose(one: LoweredCase) {
  const { onnx, feeds } = buildCase(one);
  const graph = readModelGraph(onnx);
  const finding = findAttention(graph);
  if (!finding.found) throw new Error(finding.refusal.detail);
  const { bytes, outputs, scores } = exposeAttention(onnx, graph, finding.layers, 'all', 'score');
  const session = await InferenceSession.create(bytes, { logSeverityLevel: 4 });
  const run = await session.run(feeds);
  await session.release();
  return { probabilities: run[outputs[0] ?? ''], scores: run[scores[0] ?? ''], layer: finding.layers[0] };
}

describe('exposeAttention', () => {
  const attributes = { num_heads: int(2) };
  const mask = ['mask', int32([3, 2])] as const;
  const [query, key, value] = [named('q', [2, 3, 8], 0), named('k', [2, 3, 8], 40), named('v', [2, 3, 8], 80)];

  it('shows the same attention for packed queries, keys and values as for them apart', async () => {
    const apart = await expose({ op: 'MultiHeadAttention', inputs: [query, key, value, null, mask], attributes });
    const packed = floats([2, 3, 2, 3, 4]);
    // [row and token, head, part, unit]
    [query, key, value].forEach(([, { data }], part) => {
      data.forEach((number, at) => {
        packed.data[Math.floor(at / 4) * 12 + part * 4 + (at % 4)] = Number(number);
      });
    });
    const whole = await expose({ op: 'MultiHeadAttention', inputs: [['qkv', packed], null, null, null, mask], attributes });
    expect(whole.layer).toMatchObject({ kind: 'self', heads: 2, exposure: { how: 'lower' } });
    expect(differ(apart.probabilities, whole.probabilities)).toBeLessThan(tolerance);
    expect(differ(apart.scores, whole.scores)).toBeLessThan(tolerance);
  });

  it('shows attention of heads that are turned by position: a token on itself is as without', async () => {
    const inputs = [query, named('w', [8, 24], 100), named('b', [24], 9)].map(([name, tensor], at) =>
      at === 1 ? ([name, tensor, 'stored'] as const) : ([name, tensor] as const),
    );
    const plain = await expose({ op: 'Attention', inputs, attributes });
    const turned = await expose({ op: 'Attention', inputs, attributes: { ...attributes, do_rotary: int(1) } });
    expect(turned.scores?.dims).toEqual([2, 2, 3, 3]);
    const read = (tensor: typeof plain.scores, query: number, key: number) => Number(tensor?.data[query * 3 + key]);
    for (const place of [0, 1, 2]) expect(read(turned.scores, place, place)).toBeCloseTo(read(plain.scores, place, place), 5);
    expect(read(turned.scores, 2, 0)).not.toBeCloseTo(read(plain.scores, 2, 0), 3);
  });
});
