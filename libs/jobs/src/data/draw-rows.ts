import { Random } from '#numeric';

/** Keeps these draws apart from all others under the same seed. */
const STAGE = 0x6261636b;

/**
 * A sample of rows without replacement: a pure function of its arguments, every subset equally likely (Floyd's algorithm;
 * Bentley and Floyd, Programming Pearls, 1987).
 *
 * @param total rows there are, at least `count`
 * @param seed 0 … 2^53 - 1
 * @returns `count` row numbers from 0, ascending; all of them where `count` is `total`
 */
export function drawRows(total: number, count: number, seed: number): readonly number[] {
  if (count > total) throw new RangeError(`cannot draw ${count} rows of ${total}`);
  const random = new Random(seed, STAGE, 0, 0);
  const drawn = new Set<number>();
  for (let last = total - count; last < total; last++) {
    const row = random.below(last + 1);
    drawn.add(drawn.has(row) ? last : row);
  }
  return [...drawn].sort((a, b) => a - b);
}
