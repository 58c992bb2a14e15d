import type { Table } from '#explainers';

export interface DistinctRows {
  /** Places in the table of the first of each set of equal rows, in order. */
  readonly first: Int32Array;
  /** For each row of the table its place in `first`. */
  readonly placeOf: Int32Array;
}

/** Finds equal rows, bit for bit. Coalitions over background rows repeat themselves: a column kept may equal the one put in. */
export function findDistinctRows({ rows, columns, cells }: Table): DistinctRows {
  const words = new Uint32Array(cells.buffer, cells.byteOffset, cells.length * 2);
  const width = columns * 2;
  // Open addressing with twice as many slots as rows, rounded up to a power of two.
  const slots = new Int32Array(2 ** Math.ceil(Math.log2(Math.max(rows, 1) * 2))).fill(-1);
  const mask = slots.length - 1;
  const first = new Int32Array(rows);
  const placeOf = new Int32Array(rows);
  let distinct = 0;
  for (let row = 0; row < rows; row++) {
    const start = row * width;
    let slot = hash(words, start, width) & mask;
    for (;;) {
      const held = slots[slot] ?? -1;
      if (held < 0) {
        slots[slot] = distinct;
        first[distinct] = row;
        placeOf[row] = distinct++;
        break;
      }
      if (equal(words, start, (first[held] ?? 0) * width, width)) {
        placeOf[row] = held;
        break;
      }
      slot = (slot + 1) & mask;
    }
  }
  return { first: first.subarray(0, distinct), placeOf };
}

/** FNV-1a over 32-bit words, with a final mix (murmur3's) because small numbers differ in high bits alone. */
function hash(words: Uint32Array, start: number, width: number): number {
  let value = 0x811c9dc5;
  for (let at = start; at < start + width; at++) value = Math.imul(value ^ (words[at] ?? 0), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}

function equal(words: Uint32Array, one: number, other: number, width: number): boolean {
  for (let at = 0; at < width; at++) if (words[one + at] !== words[other + at]) return false;
  return true;
}
