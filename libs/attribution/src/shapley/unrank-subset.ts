import { binomial } from '#numeric';

/**
 * The subset of size k of {0 … n - 1} with a given number, in the order of the combinatorial number system: subsets are
 * compared by their largest members first.
 *
 * @param rank 0 … C(n, k) - 1, below 2^53
 * @param into receives 1 for members and 0 for others in its first n entries
 *
 * Source: D. E. Knuth, "The Art of Computer Programming", volume 4A, section 7.2.1.3, theorem L.
 */
export function unrankSubset(n: number, k: number, rank: number, into: Uint8Array): void {
  into.fill(0, 0, n);
  let rest = rank;
  let size = k;
  for (let member = n - 1; size > 0; member--) {
    const without = binomial(member, size);
    if (rest >= without) {
      into[member] = 1;
      rest -= without;
      size--;
    }
  }
}
