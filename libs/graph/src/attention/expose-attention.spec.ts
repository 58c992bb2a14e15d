import { describe, expect, it } from '@jest/globals';
import { InferenceSession } from 'onnxruntime-node';
import { buildCase, compareLowered, differ, floats, int, int32, tolerance, type LoweredCase } from '../../test/compare-lowered.js';
import { readModelGraph } from '../read-model-graph.js';
import { exposeAttention } from './expose-attention.js';
import { findAttention } from './find-attention.js';

const named = (name: string, shape: readonly number[], from: number) => [name, floats(shape, from)] as const;

/** Probabilities and scores of the only layer of a model that is written out, and all that it gives. */
async function expose(one: LoweredCase) {
  const { onnx, feeds } = buildCase(one);
  const graph = readModelGraph(onnx);
  const finding = findAttention(graph);
  if (!finding.found) throw new Error(finding.refusal.detail);
  const { bytes, outputs, scores } = exposeAttention(onnx, graph, finding.layers, { what: 'score' });
  const session = await InferenceSession.create(bytes, { logSeverityLevel: 4 });
  const run = await session.run(feeds);
  await session.release();
  return { run, probabilities: run[outputs[0] ?? ''], scores: run[scores[0] ?? ''], layer: finding.layers[0] };
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

  it.each<readonly [string, LoweredCase, LoweredCase['attributes']]>([
    [
      'GroupQueryAttention',
      {
        op: 'GroupQueryAttention',
        inputs: [
          ...[named('q', [2, 3, 32], 0), named('k', [2, 3, 16], 40), named('v', [2, 3, 16], 80), null, null],
          ...[['lengths', int32([2, 2])] as const, ['total', int32([3], [])] as const],
        ],
        outputs: ['y', 'pk', 'pv', 'shown'],
      },
      { num_heads: int(2), kv_num_heads: int(1), qk_output: int(1) },
    ],
    [
      'Attention of ai.onnx',
      {
        op: 'Attention',
        domain: '',
        inputs: [named('q', [2, 2, 3, 8], 0), named('k', [2, 2, 3, 8], 40), named('v', [2, 2, 3, 8], 80)],
        outputs: ['y', '', '', 'shown'],
        options: { opset: 23 },
      },
      { is_causal: int(1) },
    ],
  ])('shows attention of %s beside the scores that the model gives already', async (_name, one, attributes) => {
    const { run, probabilities, layer } = await expose({ ...one, attributes: attributes ?? {} });
    expect(layer).toMatchObject({ exposure: { how: 'lower' } });
    const plain = await compareLowered({ ...one, attributes: attributes ?? {} });
    expect(plain.errors['shown']).toBeLessThan(tolerance);
    expect(differ(plain.outputs['shown'], run['shown'])).toBe(0);
    const sums = Array.from({ length: 12 }, (_, row) =>
      [0, 1, 2].reduce((sum, key) => sum + Number(probabilities?.data[3 * row + key]), 0),
    );
    sums.forEach((sum) => {
      expect(sum).toBeCloseTo(1, 6);
    });
  });
});
