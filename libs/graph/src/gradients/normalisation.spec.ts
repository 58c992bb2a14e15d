import { describe, it } from '@jest/globals';
import { expectGradient } from '../../test/compare-gradient.js';
import { floats, int } from '../../test/compare-lowered.js';

describe('LayerNormalization', () => {
  it.each([
    [-1, true, 'float32'],
    [-1, false, 'float32'],
    [1, true, 'float32'],
    [-1, true, 'float64'],
    [1, true, 'float64'],
  ] as const)('from axis %d on, with a shift %p, in %s', async (axis, shifted, float) => {
    const normal = axis === -1 ? [6] : [3, 6];
    await expectGradient((rows) => ({
      op: 'LayerNormalization',
      inputs: [['x', floats([rows, 3, 6])], ['scale', floats(normal, 30)], ...(shifted ? [['shift', floats(normal, 60)] as const] : [])],
      attributes: { axis: int(axis), epsilon: 1e-3 },
      float,
      step: float === 'float32' ? 0.02 : 1e-3,
      // The kernel gives mean and deviation in float32.
      ...(float === 'float64' ? { tolerance: 1e-6 } : {}),
    }));
  });
});
