import { percentile } from '#numeric';
import { formatTwoDecimals } from './format-two-decimals.js';

/** lime adds this to every standard deviation, so that a bin of one value still has a law. */
const smallestDeviation = 1e-11;

/** One bin of a numeric column: the values above the edge before it, up to and with the edge after it. */
export interface Bin {
  /** For people, such as `27.00 < age <= 35.00`. */
  readonly name: string;
  /** Training values in the bin. */
  readonly count: number;
  /** 0 where the bin is empty. */
  readonly mean: number;
  /** Population standard deviation plus 1e-11. */
  readonly sd: number;
  /** The edge before the bin; the column's least value for the first bin. */
  readonly min: number;
  /** The edge after the bin; the column's greatest value for the last bin. */
  readonly max: number;
}

export interface QuartileBins {
  /** Distinct quartiles, rising: 1 to 3 of them. */
  readonly edges: readonly number[];
  /** One more than there are edges. */
  readonly bins: readonly Bin[];
}

/**
 * Cuts a numeric column at its quartiles.
 *
 * @param name the column's name, used in the names of the bins
 * @param values the column in the training data, finite, at least one
 * @throws RangeError when there is no value
 *
 * Source: lime 0.2.0.1, `QuartileDiscretizer`.
 */
export function cutAtQuartiles(name: string, values: Float64Array): QuartileBins {
  if (values.length === 0) throw new RangeError(`column ${name} has no training values`);
  const sorted = values.toSorted();
  const edges = [...new Set([25, 50, 75].map((share) => percentile(sorted, share)))];
  const members: number[][] = Array.from({ length: edges.length + 1 }, () => []);
  for (const value of values) members[findBin(edges, value)]?.push(value);
  const limits = [sorted[0] ?? NaN, ...edges, sorted.at(-1) ?? NaN];
  const bins = members.map((inside, index): Bin => {
    const mean = average(inside);
    return {
      name: nameBin(name, edges, index),
      count: inside.length,
      mean,
      sd: Math.sqrt(average(inside.map((value) => (value - mean) ** 2))) + smallestDeviation,
      min: limits[index] ?? NaN,
      max: limits[index + 1] ?? NaN,
    };
  });
  return { edges, bins };
}

/** Index of the bin that holds a value: how many edges lie below it. */
export function findBin(edges: readonly number[], value: number): number {
  return edges.filter((edge) => edge < value).length;
}

function average(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function nameBin(column: string, edges: readonly number[], index: number): string {
  const [before, after] = [edges[index - 1], edges[index]].map((edge) => (edge === undefined ? undefined : formatTwoDecimals(edge)));
  if (before === undefined) return `${column} <= ${after ?? ''}`;
  return after === undefined ? `${column} > ${before}` : `${before} < ${column} <= ${after}`;
}
