import { describe, expect, it } from '@jest/globals';
import { Random } from '#numeric';
import { packTensor, unpackTensor } from './pack-tensor.js';

const noise = (length: number) => {
  const random = new Random(1, 1, 0, 0);
  return Uint8Array.from({ length }, () => random.below(256));
};

describe('packTensor', () => {
  it.each([
    ['rows that are mostly 0', Uint8Array.from({ length: 100_000 }, (_, at) => (at % 50 === 0 ? at % 256 : 0)), 'brotli'],
    ['noise, which no packing makes smaller', noise(100_000), null],
    ['few numbers', new Uint8Array(100), null],
    ['none', new Uint8Array(0), null],
  ])('gives back %s', async (_, bytes, packing) => {
    const packed = await packTensor(bytes);
    expect(packed.packing).toBe(packing);
    expect(packed.bytes.byteLength).toBeLessThanOrEqual(bytes.byteLength);
    expect([...(await unpackTensor(packed, bytes.byteLength))]).toEqual([...bytes]);
  });

  it('does not unpack more than there were', async () => {
    const packed = await packTensor(new Uint8Array(1_000_000));
    await expect(unpackTensor(packed, 999_999)).rejects.toThrow();
  });
});
