import { CompensatedSums } from '#numeric';

/** Sums over the rows that every target has. */
const rowSums = ['score', 'baseScore'] as const;

/** What decides how many sums there are. */
export interface SumsShape {
  readonly targets: number;
  readonly features: number;
  readonly replicates: number;
}

/** What the sums say of a column. */
export interface ColumnMeans {
  readonly mean: number;
  readonly meanAbs: number;
  /** Mean over the rows of the local method's own error. */
  readonly meanError: number;
  /** Of each replicate in which any row was drawn. */
  readonly replicatedMeans: readonly number[];
  readonly replicatedMeanAbs: readonly number[];
}

/**
 * The sums behind every mean and its bootstrap. One place for the weights of each replicate; then each target's row sums; then,
 * target by target and feature by feature, Σ a, Σ |a|, Σ error and for each replicate Σ w a, Σ w |a|.
 */
export class ImportanceSums {
  /** All sums, then what rounding took from each. */
  readonly numbers: Float64Array;
  private readonly sums: CompensatedSums;
  private readonly perFeature: number;
  private readonly firstColumn: number;

  /** @param numbers of sums of this shape, which are copied; zeros where left out */
  constructor(
    private readonly shape: SumsShape,
    numbers?: Float64Array,
  ) {
    const places = countSums(shape);
    this.numbers = numbers?.slice() ?? new Float64Array(2 * places);
    this.sums = over(this.numbers);
    this.perFeature = sumsPerFeature(shape.replicates);
    this.firstColumn = shape.replicates + shape.targets * rowSums.length;
  }

  /** @param weights of the row, one per replicate */
  addRow(weights: Uint8Array, targets: readonly { readonly score: number; readonly baseScore: number | null }[]): void {
    weights.forEach((weight, replicate) => this.sums.add(replicate, weight));
    targets.forEach((target, index) => rowSums.forEach((name) => this.sums.add(this.rowPlace(index, name), target[name] ?? NaN)));
  }

  /** One attribution of the row that has these weights. */
  addColumn(target: number, feature: number, value: number, error: number, weights: Uint8Array): void {
    const place = this.columnPlace(target, feature);
    const size = Math.abs(value);
    this.sums.add(place, value);
    this.sums.add(place + 1, size);
    this.sums.add(place + 2, error);
    for (let replicate = 0; replicate < weights.length; replicate++) {
      const weight = weights[replicate] ?? 0;
      if (weight === 0) continue;
      this.sums.add(place + 3 + 2 * replicate, weight * value);
      this.sums.add(place + 4 + 2 * replicate, weight * size);
    }
  }

  /** @param numbers of sums of the same shape; left as they are. @throws RangeError for another number of them */
  merge(numbers: Float64Array): void {
    this.sums.merge(over(numbers));
  }

  /** Mean over the rows. */
  meanOf(name: (typeof rowSums)[number], target: number, rows: number): number {
    return this.sums.total(this.rowPlace(target, name)) / rows;
  }

  column(target: number, feature: number, rows: number): ColumnMeans {
    const place = this.columnPlace(target, feature);
    const replicate = (offset: number): number[] =>
      Array.from(
        { length: this.shape.replicates },
        (_, index) => this.sums.total(place + offset + 2 * index) / this.sums.total(index),
      ).filter(Number.isFinite);
    return {
      mean: this.sums.total(place) / rows,
      meanAbs: this.sums.total(place + 1) / rows,
      meanError: this.sums.total(place + 2) / rows,
      replicatedMeans: replicate(3),
      replicatedMeanAbs: replicate(4),
    };
  }

  private rowPlace(target: number, name: (typeof rowSums)[number]): number {
    return this.shape.replicates + target * rowSums.length + rowSums.indexOf(name);
  }

  private columnPlace(target: number, feature: number): number {
    return this.firstColumn + (target * this.shape.features + feature) * this.perFeature;
  }
}

/** How many sums there are of a shape; each is two numbers. */
export function countSums({ targets, features, replicates }: SumsShape): number {
  return replicates + targets * (rowSums.length + features * sumsPerFeature(replicates));
}

function sumsPerFeature(replicates: number): number {
  return 3 + 2 * replicates;
}

function over(numbers: Float64Array): CompensatedSums {
  return new CompensatedSums(numbers.subarray(0, numbers.length / 2), numbers.subarray(numbers.length / 2));
}
