import { cutAtQuartiles, findBin, type QuartileBins } from './quartile-bins.js';
import { truncateNormal, type TruncatedNormal } from './truncated-normal.js';

/** How one column is perturbed. An outcome is a bin of a numeric column, or a category. */
export interface ColumnLaw {
  readonly kind: 'numeric' | 'categorical';
  /** The bins of a numeric column. */
  readonly quartiles: QuartileBins | null;
  /** Training rows with each outcome, as running totals; the last entry is the number of rows. */
  readonly cumulative: readonly number[];
  /** Categories that occur in training, rising, one per outcome; empty for a numeric column. */
  readonly categories: readonly number[];
  /** Law within each bin; null for a bin that never occurs. Empty for a categorical column. */
  readonly within: readonly (TruncatedNormal | null)[];
}

/**
 * Learns the law of a column from the training data.
 *
 * @param name the column's name
 * @param values the column: finite numbers, or category codes
 * @throws RangeError when there is no value
 *
 * Source: lime 0.2.0.1, `LimeTabularExplainer` (feature frequencies) and `BaseDiscretizer.undiscretize`.
 */
export function learnColumn(name: string, kind: ColumnLaw['kind'], values: Float64Array): ColumnLaw {
  if (values.length === 0) throw new RangeError(`column ${name} has no training values`);
  if (kind === 'numeric') {
    const quartiles = cutAtQuartiles(name, values);
    const within = quartiles.bins.map((bin) => (bin.count === 0 ? null : truncateNormal(bin.mean, bin.sd, bin.min, bin.max)));
    return { kind, quartiles, cumulative: runningTotals(quartiles.bins.map((bin) => bin.count)), categories: [], within };
  }
  const counts = new Map<number, number>();
  for (const value of values.toSorted()) counts.set(value, (counts.get(value) ?? 0) + 1);
  return {
    kind,
    quartiles: null,
    cumulative: runningTotals([...counts.values()]),
    categories: [...counts.keys()],
    within: [],
  };
}

/** The outcome a value belongs to; null for a category that training never had. */
export function findOutcome(law: ColumnLaw, value: number): number | null {
  if (law.quartiles) return findBin(law.quartiles.edges, value);
  const outcome = law.categories.indexOf(value);
  return outcome < 0 ? null : outcome;
}

/** Training rows with an outcome. */
export function countOutcome(law: ColumnLaw, outcome: number): number {
  return (law.cumulative[outcome] ?? 0) - (law.cumulative[outcome - 1] ?? 0);
}

/** True when equal outcomes are equal values: categories, and bins of a single value. */
export function isDiscrete(law: ColumnLaw): boolean {
  return law.within.every((inside) => inside === null || inside.min === inside.max);
}

function runningTotals(counts: readonly number[]): number[] {
  let total = 0;
  return counts.map((count) => (total += count));
}
