import { describe, expect, it } from '@jest/globals';
import { gradCam } from './grad-cam.js';

describe('gradCam', () => {
  it('weighs each channel by its mean gradient', () => {
    const map = gradCam({ values: [1, 2, 3, 4], gradients: [2, 4, -1, -1], channels: 2, places: 2, order: 'channels-first' });
    expect([...map]).toEqual([3 * 1 - 3, 3 * 2 - 4]);
  });

  it('reads places that lie together', () => {
    const map = gradCam({ values: [1, 3, 2, 4], gradients: [2, -1, 4, -1], channels: 2, places: 2, order: 'channels-last' });
    expect([...map]).toEqual([0, 2]);
  });

  it('refuses what is not of its size', () => {
    expect(() => gradCam({ values: [1], gradients: [1, 2], channels: 2, places: 1, order: 'channels-first' })).toThrow(RangeError);
  });
});
