import { describe, expect, it } from '@jest/globals';
import { TensorLanes, TensorsBusy } from './tensor-lanes.js';

const limits = { smallBytes: 10, smallAtOnce: 1, largeAtOnce: 1, largeWaiting: 2 };
const never = () => new Promise<void>(() => undefined);

describe('the lanes of tensors', () => {
  it('let a small one overtake large ones that wait', async () => {
    const lanes = new TensorLanes(limits);
    void lanes.run(100, never);
    void lanes.run(100, never);
    expect(await lanes.run(10, () => Promise.resolve('small'))).toBe('small');
  });

  it('refuse a large one where too many wait', async () => {
    const lanes = new TensorLanes(limits);
    for (let at = 0; at < 3; at++) void lanes.run(100, never);
    await expect(lanes.run(100, never)).rejects.toBeInstanceOf(TensorsBusy);
  });

  it('give a turn back in order, also after a failure', async () => {
    const lanes = new TensorLanes(limits);
    const done: number[] = [];
    const failing = lanes.run(100, () => Promise.reject(new Error('broken')));
    const rest = [1, 2].map((place) => lanes.run(100, () => Promise.resolve(done.push(place))));
    await expect(failing).rejects.toThrow('broken');
    await Promise.all(rest);
    await lanes.run(100, () => Promise.resolve(done.push(3)));
    expect(done).toEqual([1, 2, 3]);
  });
});
