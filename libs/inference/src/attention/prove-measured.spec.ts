import { describe, expect, it } from '@jest/globals';
import { Tensor } from 'onnxruntime-node';
import { attentionMeasures, type AttentionKind, type AttentionLayer } from '#graph';
import type { RealTokens } from './attention-map.js';
import { proveMeasured } from './prove-measured.js';

const layerOf = (kind: AttentionKind): AttentionLayer => ({
  kind,
  layer: 0,
  heads: 1,
  operator: 'Softmax',
  node: 'softmax_7',
  place: 7,
  exposure: { how: 'tensor', tensor: 'p' },
});
const alone: RealTokens = { batch: 1, tokens: null, decoderTokens: null };

/** Rows of one head, rounded to bytes, with their sums and smallest numbers. */
function round(rows: readonly (readonly number[])[]): readonly [Tensor, Tensor] {
  const shape = [1, 1, rows.length];
  const bytes = Uint8Array.from(rows.flat(), (share) => Math.round(255 * Math.sqrt(Math.max(0, share))));
  const measures = attentionMeasures.flatMap((name) =>
    rows.map((row) => {
      if (name === 'sum') return row.reduce((sum, share) => sum + share, 0);
      return name === 'least' ? Math.min(...row) : 0.25;
    }),
  );
  return [
    new Tensor('uint8', bytes, [...shape, rows[0]?.length ?? 0]),
    new Tensor('float32', Float32Array.from(measures), [attentionMeasures.length, 1, rows.length, 1]),
  ];
}

describe('proveMeasured', () => {
  it('hands over bytes and measures that are those of distributions', () => {
    const [bytes, measures] = round([
      [1, 0, 0],
      [0.25, 0.75, 0],
    ]);
    const { quantised, probabilities, heads, queries, keys } = proveMeasured(layerOf('self'), bytes, measures, alone, false, null);
    expect([heads, queries, keys, probabilities.length]).toEqual([1, 2, 3, 0]);
    expect([...(quantised?.bytes ?? [])]).toEqual([255, 0, 0, 128, 221, 0]);
    expect([...(quantised?.rows.entropy ?? [])]).toEqual([0.25, 0.25]);
  });

  it.each<[string, AttentionKind, readonly (readonly number[])[], RegExp, RealTokens?]>([
    ['a sum that is not 1', 'self', [[0.5, 0.25]], /sums to 0.75/],
    ['a number below 0', 'self', [[-0.5, 1.5]], /gives -0.5 to a key .*no probability/],
    ['NaN', 'self', [[NaN, 1]], /NaN/],
    [
      'a later token in a causal layer',
      'causal-self',
      [
        [0.5, 0.5],
        [0.5, 0.5],
      ],
      /later key 1 .*query 0/,
    ],
    [
      'padding',
      'self',
      [
        [0.5, 0.5],
        [0, 1],
      ],
      /key 1, which is padding .*query 0/,
      { ...alone, tokens: Uint8Array.of(1, 0) },
    ],
  ])('refuses %s', (_what, kind, rows, detail, real = alone) => {
    const [bytes, measures] = round(rows);
    const prove = () => proveMeasured(layerOf(kind), bytes, measures, real, false, null);
    expect(prove).toThrow(expect.objectContaining({ code: 'ATTENTION_UNPROVEN', detail: expect.stringMatching(detail) }));
    expect(prove).toThrow(expect.objectContaining({ detail: expect.stringContaining('the Softmax of node "softmax_7"') }));
  });

  it('does not look at rows of padding', () => {
    const [bytes, measures] = round([
      [1, 0],
      [0.5, 0.1],
    ]);
    const real = { ...alone, tokens: Uint8Array.of(1, 0) };
    expect(() => proveMeasured(layerOf('self'), bytes, measures, real, false, null)).not.toThrow();
  });
});
