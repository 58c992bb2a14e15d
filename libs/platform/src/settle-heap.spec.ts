import { expect, it } from '@jest/globals';
import { settleHeap } from './settle-heap.js';

it('collects what nobody holds, and leaves no collector in reach of anybody else', async () => {
  const garbage = new WeakRef({});
  await new Promise(setImmediate); // a WeakRef holds its object until the end of the turn it was made in
  settleHeap();
  expect(garbage.deref()).toBeUndefined();
  expect('gc' in globalThis).toBe(false);
});
