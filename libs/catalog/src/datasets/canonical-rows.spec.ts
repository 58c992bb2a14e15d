import { describe, expect, it } from '@jest/globals';
import { BlockPacker, canonicalRow, readCanonicalRows } from './canonical-rows.js';
import type { DatasetShape } from './dataset.js';

const shape: DatasetShape = { kind: 'text', columns: [{ name: 'text', kind: 'text' }], labelColumn: null, modelName: null };
const texts = ['plain', 'two\nlines', '', 'Ünïcode \u2028 and \u{1f600}', '["quoted"]', 'last'];
const block = Buffer.from(texts.map((text) => canonicalRow([text])).join(''), 'utf8');

describe('reading canonical rows', () => {
  it('gives every range of them', () => {
    const all = texts.map((text) => ({ text, label: null }));
    expect(readCanonicalRows(block, shape)).toEqual(all);
    for (let from = 0; from <= texts.length + 1; from++)
      for (let to = from; to <= texts.length + 2; to++) expect(readCanonicalRows(block, shape, from, to)).toEqual(all.slice(from, to));
    expect(readCanonicalRows(block, shape, -3, 2)).toEqual(all.slice(0, 2));
  });

  it('parses none but the rows asked for', () => {
    const damaged = Buffer.concat([Buffer.from('[broken\n'), block, Buffer.from('["one","too many"]\n')]);
    expect(readCanonicalRows(damaged, shape, 1, 3)).toEqual([
      { text: 'plain', label: null },
      { text: 'two\nlines', label: null },
    ]);
    expect(() => readCanonicalRows(damaged, shape, 0, 1)).toThrow(SyntaxError);
    expect(() => readCanonicalRows(damaged, shape, 7, 8)).toThrow(/columns/);
    expect(() => readCanonicalRows(block.subarray(0, -1), shape)).toThrow(/line feed/);
  });
});

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
