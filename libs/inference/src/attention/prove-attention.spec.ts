import { describe, expect, it } from '@jest/globals';
import { Tensor } from 'onnxruntime-node';
import type { AttentionKind, AttentionLayer } from '#graph';
import { proveAttention } from './prove-attention.js';

const layerOf = (kind: AttentionKind, heads: number | null = null): AttentionLayer => ({
  kind,
  layer: 0,
  heads,
  operator: 'Softmax',
  node: 'softmax_7',
  place: 7,
  exposure: { how: 'tensor', tensor: 'p' },
});
const tensor = (rows: readonly (readonly number[])[], dims: readonly number[]) =>
  new Tensor('float32', Float32Array.from(rows.flat()), dims);
const alone = { batch: 1, tokens: null, decoderTokens: null };

describe('proveAttention', () => {
  it.each<readonly [string, AttentionLayer, Tensor, RegExp]>([
    ['a rank other than 3 and 4', layerOf('self'), tensor([[1]], [1, 1]), /the shape \[1, 1\], not \[1, heads, queries, keys\]/],
    ['another batch', layerOf('self'), tensor([[1], [1]], [2, 1, 1, 1]), /not \[1, heads/],
    ['other heads than the graph names', layerOf('self', 2), tensor([[1]], [1, 1, 1, 1]), /not \[1, 2, queries/],
    ['folded heads of unknown number', layerOf('self'), tensor([[1], [1]], [2, 1, 1]), /the shape \[2, 1, 1\]/],
    ['a sum that is not 1', layerOf('self'), tensor([[0.5, 0.4]], [1, 1, 1, 2]), /sums to 0.9/],
    ['a number below 0', layerOf('self'), tensor([[-0.5, 1.5]], [1, 1, 1, 2]), /-0.5 to key 0 .*no probability/],
    ['NaN', layerOf('self'), tensor([[NaN, 1]], [1, 1, 1, 2]), /NaN/],
    [
      'a later token in a causal layer',
      layerOf('causal-self'),
      tensor(
        [
          [0.5, 0.5],
          [0.5, 0.5],
        ],
        [1, 1, 2, 2],
      ),
      /later key 1 .*query 0/,
    ],
    ['integers', layerOf('self'), new Tensor('int32', Int32Array.of(1), [1, 1, 1, 1]), /holds int32/],
  ])('refuses %s', (_what, layer, given, detail) => {
    const prove = () => proveAttention(layer, given, alone, false);
    expect(prove).toThrow(expect.objectContaining({ code: 'ATTENTION_UNPROVEN', detail: expect.stringMatching(detail) }));
    expect(prove).toThrow(expect.objectContaining({ detail: expect.stringContaining('the Softmax of node "softmax_7"') }));
  });

  it('counts queries as the last of the keys where a cache comes before them', () => {
    const given = tensor(
      [
        [0.5, 0.5, 0],
        [0.2, 0.3, 0.5],
      ],
      [1, 1, 2, 3],
    );
    expect(proveAttention(layerOf('causal-self'), given, alone, false)).toMatchObject({ heads: 1, queries: 2, keys: 3 });
    // The padding is on the left, in the cache.
    const padded = tensor(
      [
        [0, 1, 0],
        [0, 0.5, 0.5],
      ],
      [1, 1, 2, 3],
    );
    const tokens = Uint8Array.of(0, 1, 1);
    expect(proveAttention(layerOf('causal-self'), padded, { ...alone, tokens }, false).queries).toBe(2);
    // The second query is padding on the right, and its row is not judged.
    const right = tensor(
      [
        [0.5, 0.5, 0],
        [0, 0, 0],
      ],
      [1, 1, 2, 3],
    );
    expect(proveAttention(layerOf('causal-self'), right, { ...alone, tokens: Uint8Array.of(1, 1, 0) }, false).queries).toBe(2);
  });

  it('does not judge the rows of padded queries', () => {
    const given = tensor(
      [
        [1, 0],
        [0, 0],
      ],
      [1, 1, 2, 2],
    );
    expect(proveAttention(layerOf('self'), given, { ...alone, tokens: Uint8Array.of(1, 0) }, false).queries).toBe(2);
    expect(() => proveAttention(layerOf('self'), given, alone, false)).toThrow(/sums to 0/);
  });

  it('holds cross-attention against the padding of the encoder, and of the decoder', () => {
    const given = tensor(
      [
        [1, 0, 0],
        [0.5, 0.5, 0],
        [0, 0, 1],
      ],
      [1, 1, 3, 3],
    );
    const real = { batch: 1, tokens: Uint8Array.of(1, 1, 0), decoderTokens: Uint8Array.of(1, 1, 0) };
    expect(proveAttention(layerOf('cross'), given, real, true).keys).toBe(3);
    expect(() => proveAttention(layerOf('cross'), given, { ...real, decoderTokens: null }, true)).toThrow(/key 2, which is padding/);
  });

  it('takes no mask of another length', () => {
    const given = tensor([[1, 0]], [1, 1, 1, 2]);
    expect(() => proveAttention(layerOf('self'), given, { ...alone, tokens: Uint8Array.of(1) }, false)).toThrow(RangeError);
  });
});
