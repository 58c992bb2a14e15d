import { describe, expect, it } from '@jest/globals';
import { TensorCache } from './tensor-cache.js';

const tensor = (tenant: string, explanation: string, name = 'attention') => ({ tenant, explanation, name });
const bytes = (size: number) => Promise.resolve(new Uint8Array(size));

describe('the last few tensors', () => {
  it('are opened once by many who ask at once', async () => {
    const cache = new TensorCache(100);
    let times = 0;
    const open = () => cache.open(tensor('a', '1'), () => ((times += 1), bytes(10)));
    const [one, two] = await Promise.all([open(), open()]);
    expect([times, one === two]).toEqual([1, true]);
    expect(cache.get(tensor('a', '1'))).toBe(one);
  });

  it('belong to their tenant', async () => {
    const cache = new TensorCache(100);
    await cache.open(tensor('a', '1'), () => bytes(10));
    expect(cache.get(tensor('b', '1'))).toBeUndefined();
  });

  it('have no more bytes than they may', async () => {
    const cache = new TensorCache(100);
    for (const id of ['1', '2', '3']) await cache.open(tensor('a', id), () => bytes(40));
    expect(['1', '2', '3'].map((id) => cache.get(tensor('a', id)) !== undefined)).toEqual([false, true, true]);
    await cache.open(tensor('a', '4'), () => bytes(101));
    expect(cache.get(tensor('a', '4'))).toBeUndefined();
  });

  it('are forgotten with their explanation, also while they are being opened', async () => {
    const cache = new TensorCache(100);
    await cache.open(tensor('a', '1'), () => bytes(10));
    const late = cache.open(tensor('a', '1', 'rollout'), () => bytes(10));
    cache.forget({ tenant: 'a', explanation: '1' });
    await late;
    expect([cache.get(tensor('a', '1')), cache.get(tensor('a', '1', 'rollout'))]).toEqual([undefined, undefined]);
  });
});
