import { describe, it } from '@jest/globals';
import { expectEqual, floats, int, int32, type LoweredCase } from '../../test/compare-lowered.js';

const named = (name: string, shape: readonly number[], from: number) => [name, floats(shape, from)] as const;
const x = named('x', [2, 3, 8], 0);

/** Two roundings of the mantissa of float16, 11 bits: the kernels hold sums in float32 where primitives round them. */
const halfTolerance = 2 ** -10;

describe('in float16', () => {
  const [skip, gamma] = [named('skip', [2, 3, 8], 90), named('gamma', [8], 10)];
  const sized = { num_heads: int(4), kv_num_heads: int(2), do_rotary: int(1) };
  it.each<readonly [string, LoweredCase]>([
    ['SkipLayerNormalization', { op: 'SkipLayerNormalization', inputs: [x, skip, gamma], outputs: ['y', '', '', 'sum'] }],
    ['written out', { op: 'SkipLayerNormalization', inputs: [x, skip, gamma], options: { opset: 14 } }],
    [
      'SkipSimplifiedLayerNormalization',
      { op: 'SkipSimplifiedLayerNormalization', inputs: [x, skip, gamma], outputs: ['y', '', '', 'sum'] },
    ],
    ['SimplifiedLayerNormalization', { op: 'SimplifiedLayerNormalization', domain: '', inputs: [x, gamma] }],
    [
      'GroupQueryAttention',
      {
        op: 'GroupQueryAttention',
        inputs: [
          ...[named('qkv', [2, 3, 128], 0), null, null, named('pk', [2, 2, 0, 16], 0), named('pv', [2, 2, 0, 16], 0)],
          ...[['lengths', int32([2, 1])] as const, ['total', int32([3], [])] as const],
          ...[named('cosine', [16, 8], 11), named('sine', [16, 8], 500)],
        ],
        outputs: ['y', 'pk2', 'pv2'],
        attributes: sized,
      },
    ],
    [
      'Attention of ai.onnx',
      {
        op: 'Attention',
        domain: '',
        inputs: [named('q', [2, 4, 3, 8], 0), named('k', [2, 2, 5, 8], 40), named('v', [2, 2, 5, 6], 80)],
        attributes: { is_causal: int(1) },
        options: { opset: 23 },
      },
    ],
  ])('%s', async (_name, one) => {
    await expectEqual({ ...one, half: true }, halfTolerance);
  });
});
