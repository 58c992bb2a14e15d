import { describe, expect, it } from '@jest/globals';
import { BlockPacker, canonicalRow } from './canonical-rows.js';

describe('BlockPacker', () => {
  it.each(['a', 'ä', '字', '😀'])('closes a block at its bound of bytes, whatever they spell: %s', (character) => {
    const row = canonicalRow([character.repeat(10)]);
    const size = Buffer.byteLength(row);
    const packer = new BlockPacker(1000, 3 * size);
    const blocks = Array.from({ length: 6 }, () => packer.add(row));
    expect(blocks.map((block) => block?.bytes.length ?? null)).toEqual([null, null, 3 * size, null, null, 3 * size]);
    expect(packer.take()).toBeNull();
  });
});
