import { Random } from '#numeric';
import { findOutcome, type ColumnLaw } from './column-law.js';
import { drawTruncatedNormal } from './truncated-normal.js';

/** Keeps these draws apart from those of other parts that use the same seed. */
const stage = 0x7ab1;

/** A row of a tabular model and the laws of its columns. */
export interface PerturbedTable {
  readonly laws: readonly ColumnLaw[];
  /** [column]: outcome of the instance; null for a category that training never had. */
  readonly instance: readonly (number | null)[];
}

/** Prepares draws around an instance. */
export function perturbTable(laws: readonly ColumnLaw[], instance: ArrayLike<number>): PerturbedTable {
  return { laws, instance: laws.map((law, column) => findOutcome(law, instance[column] ?? NaN)) };
}

/** One perturbation; its arrays have one entry per column and are written anew by each draw. */
export interface DrawnRow {
  /** Values for the model: a number, or a category's code. */
  readonly values: Float64Array;
  /** Bin or category. */
  readonly outcomes: Int32Array;
  /** 1 = the instance's bin or category. */
  readonly same: Uint8Array;
}

/**
 * Draws one perturbation of a row. Each column on its own: a bin or a category with its training frequency, then within
 * a bin a normal number with the bin's mean and deviation, confined to the bin. It depends on the seed and the
 * sample's number alone.
 *
 * @param sample integer, 1 … 2^32 - 1; sample 0 is the instance, which is not drawn
 *
 * Source: lime 0.2.0.1, `LimeTabularExplainer` and `BaseDiscretizer.undiscretize` (the law; the generator is another).
 */
export function drawRow({ laws, instance }: PerturbedTable, seed: number, sample: number, into: DrawnRow): void {
  const random = new Random(seed, stage, 0, sample);
  laws.forEach((law, column) => {
    const outcome = findTotal(law.cumulative, random.below(law.cumulative.at(-1) ?? 0));
    const within = law.within[outcome];
    into.values[column] = within ? drawTruncatedNormal(within, random.float()) : (law.categories[outcome] ?? NaN);
    into.outcomes[column] = outcome;
    into.same[column] = outcome === instance[column] ? 1 : 0;
  });
}

/** First running total above a number: the outcome of the training row with that number. */
function findTotal(totals: readonly number[], row: number): number {
  return totals.findIndex((total) => row < total);
}
