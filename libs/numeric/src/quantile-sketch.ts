/** A sketch as plain data: bins as [index, count], by rising index. */
export interface SketchData {
  readonly zeros: number;
  readonly positive: readonly (readonly [index: number, count: number])[];
  readonly negative: readonly (readonly [index: number, count: number])[];
}

/**
 * Quantiles of signed numbers from counts in bins whose width grows with the value, so that every quantile is right to a
 * relative error. Counts are whole numbers: the same values in any order, and in any split into sketches that are merged, give
 * the same sketch.
 *
 * Magnitudes below `smallest` count as 0, those above `largest` as `largest`, so that the number of bins is bounded: about
 * 115 for each power of ten at 1 %.
 *
 * Source: C. Masson, J. E. Rim, H. K. Lee, "DDSketch: a fast and fully-mergeable quantile sketch with relative-error guarantees"
 * (VLDB 2019), sections 2.1 and 2.2.
 */
export class QuantileSketch {
  static readonly relativeError = 0.01;
  static readonly smallest = 1e-12;
  static readonly largest = 1e12;
  static readonly #gamma = (1 + QuantileSketch.relativeError) / (1 - QuantileSketch.relativeError);
  static readonly #logGamma = Math.log(QuantileSketch.#gamma);

  /** Bins there can be, of both signs. */
  static readonly mostBins = 2 * (1 + Math.ceil(Math.log(QuantileSketch.largest / QuantileSketch.smallest) / QuantileSketch.#logGamma));

  readonly #positive = new Map<number, number>();
  readonly #negative = new Map<number, number>();
  #zeros = 0;

  static of({ zeros, positive, negative }: SketchData): QuantileSketch {
    const sketch = new QuantileSketch();
    sketch.#zeros = zeros;
    for (const [index, count] of positive) sketch.#positive.set(index, count);
    for (const [index, count] of negative) sketch.#negative.set(index, count);
    return sketch;
  }

  /** @param value finite */
  add(value: number): void {
    const size = Math.min(Math.abs(value), QuantileSketch.largest);
    if (size < QuantileSketch.smallest) {
      this.#zeros++;
      return;
    }
    const bins = value > 0 ? this.#positive : this.#negative;
    const index = Math.ceil(Math.log(size) / QuantileSketch.#logGamma);
    bins.set(index, (bins.get(index) ?? 0) + 1);
  }

  merge(other: QuantileSketch): void {
    this.#zeros += other.#zeros;
    for (const [mine, theirs] of [
      [this.#positive, other.#positive],
      [this.#negative, other.#negative],
    ] as const)
      for (const [index, count] of theirs) mine.set(index, (mine.get(index) ?? 0) + count);
  }

  get count(): number {
    return this.zeros + this.positives + this.negatives;
  }

  get zeros(): number {
    return this.#zeros;
  }

  get positives(): number {
    return countOf(this.#positive);
  }

  get negatives(): number {
    return countOf(this.#negative);
  }

  /**
   * The value at rank ⌊q (n - 1)⌋ of the sorted list, right to `relativeError`; exactly 0 where that value counts as 0.
   *
   * @param q 0 … 1
   * @throws RangeError for an empty sketch or a share outside its range
   */
  quantile(q: number): number {
    if (!(q >= 0 && q <= 1)) throw new RangeError(`${q} is no share`);
    if (this.count === 0) throw new RangeError('no values');
    let rank = Math.floor(q * (this.count - 1));
    for (const [index, count] of sorted(this.#negative).reverse()) {
      if (rank < count) return -middle(index);
      rank -= count;
    }
    if (rank < this.#zeros) return 0;
    rank -= this.#zeros;
    for (const [index, count] of sorted(this.#positive)) {
      if (rank < count) return middle(index);
      rank -= count;
    }
    throw new RangeError('the counts do not add up');

    function middle(index: number): number {
      return (2 * Math.exp(index * QuantileSketch.#logGamma)) / (QuantileSketch.#gamma + 1);
    }
  }

  toData(): SketchData {
    return { zeros: this.#zeros, positive: sorted(this.#positive), negative: sorted(this.#negative) };
  }
}

function countOf(bins: ReadonlyMap<number, number>): number {
  let count = 0;
  for (const one of bins.values()) count += one;
  return count;
}

function sorted(bins: ReadonlyMap<number, number>): [index: number, count: number][] {
  return [...bins].sort(([a], [b]) => a - b);
}
