import { normalQuantile } from './normal-quantile.js';
import { encryptPhilox } from './philox.js';

const TWO_32 = 2 ** 32;
const TWO_21 = 2 ** 21;

/**
 * A stream of random numbers that is a pure function of (seed, stage, item, sample): who draws first, on which
 * thread, after which retry, changes nothing. Streams of different keys are independent.
 *
 * The key of the cipher is the seed, its counter (block, sample, item, stage); a stream holds 2^34 words.
 */
export class Random {
  private readonly block = new Uint32Array(4);
  private readonly seedLow: number;
  private readonly seedHigh: number;
  private blocks = 0;
  private unread = 0;

  /**
   * @param seed integer, 0 … 2^53 - 1
   * @param stage integer, 0 … 2^32 - 1: what the numbers are for, so that two parts of a method never share a stream
   * @param item integer, 0 … 2^32 - 1: the stratum, column or row drawn for
   * @param sample integer, 0 … 2^32 - 1
   * @throws RangeError for a number outside its range
   */
  constructor(
    seed: number,
    private readonly stage: number,
    private readonly item: number,
    private readonly sample: number,
  ) {
    if (!Number.isSafeInteger(seed) || seed < 0) throw new RangeError(`seed ${seed} is not an integer of 0 … 2^53 - 1`);
    for (const word of [stage, item, sample]) {
      if (!Number.isInteger(word) || word < 0 || word >= TWO_32) throw new RangeError(`${word} does not key a stream`);
    }
    this.seedLow = seed % TWO_32;
    this.seedHigh = Math.floor(seed / TWO_32);
  }

  /** An integer of 0 … 2^32 - 1. */
  uint32(): number {
    if (this.unread === 0) this.refill();
    const word = this.block[4 - this.unread] ?? 0;
    this.unread--;
    return word;
  }

  /** A multiple of 2^-53 in [0, 1). */
  float(): number {
    const high = this.uint32() >>> 5;
    const low = this.uint32() >>> 6;
    return (high * 2 ** 26 + low) * 2 ** -53;
  }

  /**
   * An integer of 0 … n - 1, each with exactly the same probability.
   *
   * @param n 1 … 2^53
   */
  below(n: number): number {
    if (!Number.isInteger(n) || n < 1 || n > 2 ** 53) throw new RangeError(`cannot draw below ${n}`);
    const range = n <= TWO_32 ? TWO_32 : 2 ** 53;
    // Numbers of the last, incomplete run of n are drawn again: folding them in would favour the small ones.
    const limit = range - (range % n);
    for (;;) {
      const drawn = n <= TWO_32 ? this.uint32() : (this.uint32() % TWO_21) * TWO_32 + this.uint32();
      if (drawn < limit) return drawn % n;
    }
  }

  /** A standard normal number, by inversion: one number in gives one out, and the law is symmetric. */
  gaussian(): number {
    const high = this.uint32() >>> 6;
    const low = this.uint32() >>> 6;
    // 52 bits and a half: never 0, never 1.
    return normalQuantile((high * 2 ** 26 + low + 0.5) * 2 ** -52);
  }

  /** Puts the values into a random order, in place. */
  shuffle(values: { [index: number]: number; readonly length: number }): void {
    for (let i = values.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const kept = values[i] ?? 0;
      values[i] = values[j] ?? 0;
      values[j] = kept;
    }
  }

  /**
   * k different integers of 0 … n - 1, every subset with the same probability; in random order.
   *
   * @param n at least k
   */
  choose(n: number, k: number): Int32Array {
    if (!Number.isInteger(k) || k < 0 || k > n) throw new RangeError(`cannot choose ${k} of ${n}`);
    const pool = Int32Array.from({ length: n }, (_, i) => i);
    for (let i = 0; i < k; i++) {
      const j = i + this.below(n - i);
      const kept = pool[i] ?? 0;
      pool[i] = pool[j] ?? 0;
      pool[j] = kept;
    }
    return pool.slice(0, k);
  }

  private refill(): void {
    this.block[0] = this.blocks++;
    this.block[1] = this.sample;
    this.block[2] = this.item;
    this.block[3] = this.stage;
    encryptPhilox(this.block, this.seedLow, this.seedHigh);
    this.unread = 4;
  }
}
