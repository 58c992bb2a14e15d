/**
 * Many running sums, each with its rounding errors carried along (Neumaier). Two lots can be merged; the same lots merged in
 * the same order give the same bits.
 *
 * Source: A. Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", ZAMM 54 (1974).
 */
export class CompensatedSums {
  /**
   * @param sums one per place
   * @param lost what rounding took from each
   */
  constructor(
    readonly sums: Float64Array,
    readonly lost: Float64Array,
  ) {}

  static zero(places: number): CompensatedSums {
    return new CompensatedSums(new Float64Array(places), new Float64Array(places));
  }

  add(place: number, value: number): void {
    const sum = this.sums[place] ?? NaN;
    const next = sum + value;
    this.lost[place] = (this.lost[place] ?? NaN) + (Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum);
    this.sums[place] = next;
  }

  /** Adds every sum of another lot to the one at the same place. @throws RangeError when it has other places */
  merge(other: CompensatedSums): void {
    if (other.sums.length !== this.sums.length) throw new RangeError(`${other.sums.length} sums for ${this.sums.length} places`);
    other.sums.forEach((sum, place) => {
      this.add(place, sum);
      this.lost[place] = (this.lost[place] ?? NaN) + (other.lost[place] ?? NaN);
    });
  }

  total(place: number): number {
    return (this.sums[place] ?? NaN) + (this.lost[place] ?? NaN);
  }
}
